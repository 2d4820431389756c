import { expect, test } from 'vitest';
import { settingsAsFlags } from './training-flag.ts';

test('settings are written as they are typed', () => {
  expect(settingsAsFlags({ steps: 800, refinerLearningRate: 1e-7, lambda: 0.3, psi: 'derivatives' })).toBe(
    '--lambda 0.3 --psi derivatives --refiner-learning-rate 1e-7 --steps 800',
  );
  expect(settingsAsFlags({})).toBe('');
});
