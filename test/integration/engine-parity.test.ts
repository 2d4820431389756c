import { describe, expect, test } from 'vitest';
import { ENGINE_NAMES, type EngineName } from '../../core/engine/engine-names.ts';
import { measureParity } from '../support/engine-process.ts';
import type { EngineParity } from '../support/parity-child.ts';

/**
 * Every engine that can be had here against the same float64 reference: networks, losses, gradients and three iterations
 * of Algorithm 1 after pre-training. Tolerances are relative to the largest value of what is compared.
 */
const FORWARD_TOLERANCE = 5e-6;
const GRADIENT_TOLERANCE = 2e-5;
/** Of a weight's whole way over 8 updates of each network. */
const WAY_TOLERANCE = 5e-4;
/** Adam's second moment is of squares, in which an error counts twice. */
const MOMENT_TOLERANCE = 3e-3;
const RECORDED_TOLERANCE = 2e-5;
/** Of images kept at 16 bits: one level of rounding, on top of the tolerance. */
const HISTORY_TOLERANCE = 1.01 * (2 / 65535);

type PresentParity = Extract<EngineParity, { device: string }>;

const measured = new Map<EngineName, EngineParity>();
// In turn: together they would take the cores from one another.
for (const name of ENGINE_NAMES) measured.set(name, await measureParity(name));

describe.for(ENGINE_NAMES)('the engine %s', (name) => {
  const parity = measured.get(name);
  const whenPresent =
    (check: (parity: PresentParity) => void) =>
    ({ skip }: { skip: (reason: string) => never }): void => {
      if (parity?.absence !== undefined) skip(parity.absence);
      else if (parity) check(parity);
      else throw new Error(`Nothing was measured on ${name}.`);
    };

  test(
    'gives the networks, the losses and every gradient',
    whenPresent(({ losses }) => {
      expect(losses).not.toEqual([]);
      for (const { name: title, refined, logits, loss, gradient } of losses) {
        expect(refined, title).toBeLessThan(FORWARD_TOLERANCE);
        expect(logits, title).toBeLessThan(FORWARD_TOLERANCE);
        expect(loss, title).toBeLessThan(FORWARD_TOLERANCE);
        expect(gradient, title).toBeLessThan(GRADIENT_TOLERANCE);
      }
    }),
  );

  test(
    'trains as Algorithm 1 says, with every optimizer, with and without history',
    whenPresent(({ runs }) => {
      expect(runs).not.toEqual([]);
      for (const { name: title, way, moments, recorded, history } of runs) {
        expect(way, title).toBeLessThan(WAY_TOLERANCE);
        expect(moments, title).toBeLessThan(MOMENT_TOLERANCE);
        expect(recorded, title).toBeLessThan(RECORDED_TOLERANCE);
        expect(history, title).toBeLessThan(HISTORY_TOLERANCE);
      }
    }),
  );

  test(
    'gives every bit again where it promises so, and keeps no tensors',
    whenPresent(({ deterministic, runs, again, leaked }) => {
      if (deterministic) expect(again).toBe(runs[0].fingerprint);
      expect(leaked).toBe(0);
    }),
  );

  test.runIf(name === 'webgpu')(
    'ends a training in the step in which its device is lost, and keeps nothing of it',
    whenPresent(({ loss }) => {
      expect(loss).toMatchObject({ code: 'engine', steps: [1, 2, 3], checkpoints: [2] });
      expect(loss?.message).toMatch(/^The device failed in step 4: .*destroyed.*\.$/);
    }),
  );
});
