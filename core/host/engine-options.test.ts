import { describe, expect, test } from 'vitest';
import { cpuName } from '../engine/device-name.ts';
import { withEngineOf } from './engine-options.ts';

describe('going on with a run', () => {
  test.each([1, 2, 64])('takes its engine and its %i threads', (threads) => {
    const run = { engine: 'tensorflow', device: `${cpuName(threads)} (gpu: no driver)` };
    expect(withEngineOf(run, { engine: 'auto', steps: '9' })).toEqual({
      engine: 'tensorflow',
      threads: String(threads),
      steps: '9',
    });
  });

  test('leaves what is asked for, and what is not known', () => {
    const run = { engine: 'tensorflow', device: cpuName(4) };
    expect(withEngineOf(run, { engine: 'auto', threads: '2' })).toEqual({
      engine: 'tensorflow',
      threads: '2',
    });
    expect(withEngineOf(run, { engine: 'wasm' })).toEqual({ engine: 'wasm' });
    expect(withEngineOf({ engine: 'webgpu', device: 'NVIDIA H100' }, { engine: 'auto' })).toEqual({
      engine: 'webgpu',
    });
    expect(withEngineOf({ engine: null, device: null }, { engine: 'auto' })).toEqual({ engine: 'auto' });
  });
});
