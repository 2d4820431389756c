import { describe, expect, test } from 'vitest';
import { cpuName } from '../../engine/device-name.ts';
import { wishForRun } from './engine-wish.ts';

describe('going on with a run', () => {
  test.each([1, 2, 64])('takes its engine and its %i threads', (threads) => {
    const run = { engine: 'tensorflow', device: `${cpuName(threads)} (gpu: no driver)` };
    expect(wishForRun(run, { engine: 'auto' })).toEqual({ engine: 'tensorflow', threads });
  });

  test('leaves what is asked for, and what is not known', () => {
    const run = { engine: 'tensorflow', device: cpuName(4) };
    expect(wishForRun(run, { engine: 'auto', threads: 2 })).toEqual({ engine: 'tensorflow', threads: 2 });
    expect(wishForRun(run, { engine: 'wasm' })).toEqual({ engine: 'wasm' });
    const onGpu = { engine: 'webgpu', device: 'NVIDIA H100' };
    expect(wishForRun(onGpu, { engine: 'auto' })).toEqual({ engine: 'webgpu', threads: undefined });
    expect(wishForRun({ engine: null, device: null }, { engine: 'auto' })).toEqual({ engine: 'auto' });
  });
});
