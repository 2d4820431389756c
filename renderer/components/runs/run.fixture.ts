import type { Run } from '../../stores/runStore.ts';
import { exampleConfig } from '../train/config.fixture.ts';

/** A run as the studio tells it, for tests of what the window makes of runs. */
export const exampleRun = (changes: Partial<Run> = {}): Run => ({
  id: 1,
  name: 'run 1',
  status: 'done',
  step: 600,
  totalSteps: 600,
  parent: null,
  config: exampleConfig,
  configError: null,
  syntheticDatasetId: 1,
  realDatasetId: 2,
  engine: 'wasm',
  device: 'CPU',
  verdict: null,
  error: null,
  notes: '',
  tags: [],
  archived: false,
  trashed: false,
  bestStep: null,
  bestScores: null,
  downstream: null,
  probe: null,
  metrics: {},
  seconds: 60,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  ...changes,
});
