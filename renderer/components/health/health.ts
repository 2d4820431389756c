import type { OutputOf } from '../../../core/contract/contract.ts';

export type Health = NonNullable<OutputOf<'datasets.health'>>;
export type HealthScale = Health['scale'];
export type HealthSide = NonNullable<Health['synthetic']>;
