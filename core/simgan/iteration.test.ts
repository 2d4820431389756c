import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { measureRun, parityRuns } from '../../test/reference/engine-parity.ts';

let engine: Engine;
let runFolder: string;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
beforeEach(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'simgan-iteration-'));
});
afterEach(() => rm(runFolder, { recursive: true }));
afterAll(() => engine.dispose());

/** Of float32 against float64 after 8 updates of each network. */
const WAY_TOLERANCE = 5e-4;
const LOSS_TOLERANCE = 1e-5;
/** Of images kept at 16 bits: one level of rounding, on top of the tolerance. */
const HISTORY_TOLERANCE = 1.01 * (2 / 65535);

describe('Algorithm 1 from pre-training to step 3 gives what the float64 reference gives', () => {
  test.each(parityRuns)('$name', async ({ config }) => {
    const errors = await measureRun(config, runFolder);
    expect(errors.way).toBeLessThan(WAY_TOLERANCE);
    expect(errors.moments).toBeLessThan(WAY_TOLERANCE);
    expect(errors.recorded).toBeLessThan(LOSS_TOLERANCE);
    expect(errors.history).toBeLessThan(HISTORY_TOLERANCE);
  });
});
