import type { DefaultStepParameters } from './default-step.ts';
import type { StepProbe } from './probe-messages.ts';

/** One block of the refiner at the size of an eye; a second is enough for a few of them on any engine. */
export const defaultProbe: StepProbe = {
  module: new URL('./default-step.ts', import.meta.url).href,
  parameters: { images: 8, heightPx: 35, widthPx: 55, features: 64 } satisfies DefaultStepParameters,
};
