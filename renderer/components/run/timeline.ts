import { PROOF_EVENT, proofSchema } from '../../../core/contract/proof.ts';
import type { Checkpoint, RunEvent } from './useRunRecord.ts';

export type MarkerKind =
  'checkpoint' | 'best' | 'change' | 'paused' | 'resumed' | 'guard' | 'proved' | 'differs';

/** Something on the timeline; several of one kind that would lie on each other are one, which counts them. */
export interface Marker {
  readonly kind: MarkerKind;
  /** Of the last one. */
  readonly step: number;
  readonly count: number;
}

const EVENT_KINDS: readonly string[] = ['change', 'paused', 'resumed', 'guard'] satisfies MarkerKind[];

/** Undefined for what has no place on the timeline. */
function kindOf({ kind, content }: RunEvent): MarkerKind | undefined {
  if (kind !== PROOF_EVENT) return EVENT_KINDS.includes(kind) ? (kind as MarkerKind) : undefined;
  const proof = proofSchema.safeParse(content);
  return proof.success ? (proof.data.isIdentical ? 'proved' : 'differs') : undefined;
}

/** What happened when, in the order of steps; what is closer than `leastSteps` to the one before of its kind joins it. */
export function markersOf(
  checkpoints: readonly Checkpoint[],
  events: readonly RunEvent[],
  leastSteps: number,
): Marker[] {
  const all: Marker[] = [
    ...checkpoints.map(({ step, isBest }): Marker => ({
      kind: isBest ? 'best' : 'checkpoint',
      step,
      count: 1,
    })),
    ...events.flatMap((event): Marker[] => {
      const kind = kindOf(event);
      return kind === undefined ? [] : [{ kind, step: event.step, count: 1 }];
    }),
  ].sort((left, right) => left.step - right.step);
  const last = new Map<MarkerKind, { place: number; firstStep: number }>();
  const markers: Marker[] = [];
  for (const marker of all) {
    const before = last.get(marker.kind);
    if (before && marker.step - before.firstStep < leastSteps) {
      markers[before.place] = { ...marker, count: markers[before.place].count + 1 };
    } else {
      last.set(marker.kind, { place: markers.length, firstStep: marker.step });
      markers.push(marker);
    }
  }
  return markers;
}
