import { z } from 'zod';
import type { Contestant } from './contestant.ts';
import { median } from './numbers.ts';

const sampleSchema = z.object({
  /** MiB. */
  resident: z.number(),
  /** Of V8's heap, what is committed for new objects, and for all others. */
  young: z.number(),
  old: z.number(),
  /** Buffers outside of it, and the engine's own heap. */
  external: z.number(),
  tensors: z.number(),
});

export type MemorySample = z.infer<typeof sampleSchema>;
export const memoryParts = sampleSchema.keyof().options;

interface MemoryCurve {
  /** Medians of each tenth of the steps. */
  readonly tenths: readonly MemorySample[];
  /** Of the resident memory, from the second tenth (by when everything that is made once is there) to the last. */
  readonly growth: number;
}

/** What a training of so many steps holds. */
export async function measureMemory(contestant: Contestant, steps: number): Promise<MemoryCurve> {
  const { samples } = await contestant.ask(
    `memory ${steps}`,
    z.object({ samples: z.array(sampleSchema).min(10) }),
  );
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const of = (part: keyof MemorySample): number =>
      median(
        samples
          .slice(Math.floor((tenth * samples.length) / 10), Math.floor(((tenth + 1) * samples.length) / 10))
          .map((sample) => sample[part]),
      );
    return {
      resident: of('resident'),
      young: of('young'),
      old: of('old'),
      external: of('external'),
      tensors: of('tensors'),
    };
  });
  return { tenths, growth: tenths[9].resident / tenths[1].resident - 1 };
}
