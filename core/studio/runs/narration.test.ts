import { beforeEach, describe, expect, test } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { temporaryLibrary } from '../../library/temporary-library.ts';
import { narrateRun } from './narration.ts';
import { recordOrigin } from './run-origin.ts';

const config = { ...presetNamed('eye-small'), steps: 400, evaluationEvery: 100, driftBudget: 3 };

let library: Library;
let run: Run;
beforeEach(() => {
  const temporary = temporaryLibrary();
  library = temporary.library;
  run = library.runs.add({ config, syntheticPackId: null, realPackId: null, totalSteps: 400 });
  return () => temporary[Symbol.dispose]();
});

const told = (): [number, string][] => narrateRun(library, run).map(({ step, text }) => [step, text]);

/** A hundred steps of the same readings, and an evaluation at their end. */
function measured(
  until: number,
  values: { readonly change: number; readonly accuracy: number },
  evaluation: { readonly distance: number; readonly drift: number },
): void {
  const { change, accuracy } = values;
  library.runMetrics.append(
    run.id,
    Array.from({ length: 10 }, (_, index) => ({
      step: until - 90 + 10 * index,
      values: {
        'refiner.change': change,
        'discriminator.accuracyReal': accuracy,
        'discriminator.accuracyRefined': accuracy,
      },
    })),
  );
  library.runMetrics.append(run.id, [
    {
      step: until,
      values: { 'realism.kernelDistance': evaluation.distance, 'labels.driftP95': evaluation.drift },
    },
  ]);
}

test('tells what changed notably between evaluations, and nothing else', () => {
  measured(100, { change: 12, accuracy: 0.7 }, { distance: 1, drift: 0.8 });
  measured(200, { change: 12.4, accuracy: 0.72 }, { distance: 0.99, drift: 1.1 });
  measured(300, { change: 21, accuracy: 0.52 }, { distance: 0.6, drift: 3.5 });
  measured(400, { change: 21.2, accuracy: 0.53 }, { distance: 0.9, drift: 2.9 });
  expect(told()).toEqual([
    [
      100,
      'The refiner changes 12 grey levels; labels hold (95 % within 0.8 of 3 px); the discriminator leads (70 % right).',
    ],
    [
      300,
      'The refiner now changes 21 grey levels (was 12); refined images look more real than before; labels drift (95 % only within 3.5 px, budget 3); discriminator and refiner are level (52 % right).',
    ],
    [400, 'Refined images look less real than before; labels hold (95 % within 2.9 of 3 px).'],
  ]);
});

test('labels that cannot be followed do not hold, however little the others moved', () => {
  const lost = (step: number, share: number): void =>
    library.runMetrics.append(run.id, [
      {
        step,
        values: { 'realism.kernelDistance': 1, 'labels.driftP95': 1, 'labels.displacementLost': share },
      },
    ]);
  lost(100, 0.04);
  lost(200, 0.6);
  lost(300, 0.7);
  lost(400, 0.2);
  expect(told()).toEqual([
    [100, 'Labels hold (95 % within 1.0 of 3 px).'],
    [200, 'Labels cannot be followed any more in 60 % of the images.'],
    [
      400,
      'Labels hold in 80 % of the images (95 % of these within 1.0 of 3 px), in the others they cannot be followed.',
    ],
  ]);
});

describe('tells what happened', () => {
  test('guards with what they did, pauses, and settings with what they were', () => {
    recordOrigin(library, run.id, 'order', {
      id: '00000000-0000-4000-8000-000000000000',
      name: run.name,
      config,
      syntheticDatasetId: 1,
      realDatasetId: 2,
      preprocessing: { widthPx: 55, heightPx: 35, channels: 1, bitDepth: 8, fit: 'cover', equalise: false },
      engine: 'auto',
    });
    const finding = { guard: 'label-drift', action: 'rewind', message: 'Labels drift.', remedies: [] };
    library.runEvents.add(run.id, { step: 10, kind: 'paused', content: {} });
    library.runEvents.add(run.id, { step: 10, kind: 'resumed', content: {} });
    // As the recorder writes it: the whole configuration.
    library.runEvents.add(run.id, { step: 20, kind: 'change', content: { ...config, lambda: 0.3, kg: 2 } });
    // As a run that goes on has it: what is new.
    library.runEvents.add(run.id, { step: 30, kind: 'change', content: { lambda: 0.1 } });
    library.runEvents.add(run.id, { step: 40, kind: 'guard', content: finding });
    expect(told()).toEqual([
      [10, 'It was paused.'],
      [10, 'It goes on.'],
      [20, 'λ is now 0.3 (was 1); K_g is now 2 (was 1).'],
      [30, 'λ is now 0.1 (was 0.3).'],
      [40, 'Labels drift. The run was stopped and went back to its last good checkpoint.'],
    ]);
  });

  test('a change of a run of which nobody knows how it began', () => {
    library.runEvents.add(run.id, { step: 20, kind: 'change', content: { ...config, lambda: 0.3 } });
    expect(told()).toEqual([[20, 'Settings were changed.']]);
  });

  test('every new best checkpoint, and the end', () => {
    for (const [step, score] of [
      [100, 0.2],
      [200, 0.1],
      [300, 0.45],
    ]) {
      library.checkpoints.record(run.id, { step, path: `${step}`, sha256: `${step}`, bytes: 1 });
      library.checkpoints.setScores(run.id, step, { score });
    }
    library.runs.update(run.id, { step: 320 });
    library.runs.setStatus(run.id, 'failed', 'The device failed.');
    run = library.runs.get(run.id) ?? run;
    expect(told()).toEqual([
      [100, 'This is the best checkpoint so far: its score is 0.20.'],
      [300, 'This is the best checkpoint so far: its score is 0.45.'],
      [320, 'It failed: The device failed.'],
    ]);
  });
});
