import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { StudioError } from '../../core/base/studio-error.ts';
import { convolve } from '../../core/engine/convolve.ts';
import { ENGINE_NAMES, type EngineName } from '../../core/engine/engine-names.ts';
import { openEngine } from '../../core/engine/engine.ts';

/**
 * What each engine makes of a convolution's arithmetic: `node test/bench/engine.ts [engine ...]`. The convolution that
 * the paper's refiner spends its time in, 3 × 3 from 64 to 64 channels at 35 × 55, forward and its two gradients, with
 * the fastest plain matrix product beside it as the machine's peak. The best of several runs counts, because other
 * programs can only slow one down.
 */
const RUNS = 7;
const BATCHES = [16, 32];
const [HEIGHT, WIDTH, CHANNELS] = [35, 55, 64];

async function measure(name: EngineName): Promise<void> {
  const engine = await openEngine(name);
  console.log(`\n${name}: ${engine.device} (${engine.version}), load ${loadavg()[0].toFixed(1)}`);
  const size = 1024;
  const square = tf.randomNormal<tf.Rank.R2>([size, size]);
  await report(`matrix product ${size}³ (peak)`, 2 * size ** 3, () => tf.matMul(square, square));
  for (const images of BATCHES) {
    const shape: [number, number, number, number] = [images, HEIGHT, WIDTH, CHANNELS];
    const operations = 2 * images * HEIGHT * WIDTH * 9 * CHANNELS * CHANNELS;
    const x = tf.randomNormal<tf.Rank.R4>(shape);
    const dy = tf.randomNormal<tf.Rank.R4>(shape);
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, CHANNELS, CHANNELS]);
    const bias = tf.zeros<tf.Rank.R1>([CHANNELS]);
    const window = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC' };
    const run = (kernel: string, inputs: Record<string, tf.Tensor>, attributes: tf.NamedAttrMap): tf.Tensor =>
      tf.engine().runKernel(kernel, inputs, { ...window, ...attributes });
    await report(`batch ${images}: forward, bias, ReLU`, operations, () =>
      convolve(x, filter, bias, { stride: 1, padding: 'same', activation: 'relu' }),
    );
    await report(`batch ${images}: gradient of the input`, operations, () =>
      run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: shape }),
    );
    await report(`batch ${images}: gradient of the filter`, operations, () =>
      run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    );
    await report(`batch ${images}: gradient of the bias`, 0, () => tf.sum(dy, [0, 1, 2]));
    await report(`batch ${images}: gradient of the ReLU`, 0, () => tf.mul(dy, tf.step(x)));
    tf.dispose([x, dy, filter, bias]);
  }
  engine.dispose();
}

async function report(label: string, operations: number, compute: () => tf.Tensor): Promise<void> {
  let bestMs = Infinity;
  for (let run = 0; run <= RUNS; run++) {
    const startMs = performance.now();
    const result = tf.tidy(compute);
    // One value read back is what makes a GPU finish.
    const value = tf.tidy(() => tf.slice(tf.reshape(result, [-1]), 0, 1));
    await value.data();
    if (run > 0) bestMs = Math.min(bestMs, performance.now() - startMs);
    tf.dispose([result, value]);
  }
  const speed = operations > 0 ? `${(operations / bestMs / 1e6).toFixed(1).padStart(8)} GFLOP/s` : '';
  console.log(`  ${label.padEnd(36)}${bestMs.toFixed(1).padStart(8)} ms${speed}`);
}

const isEngineName = (text: string): text is EngineName => ENGINE_NAMES.some((name) => name === text);
const [mode, child] = process.argv.slice(2);
if (mode === '--in-this-process' && isEngineName(child)) {
  await measure(child).catch((error: unknown) => {
    if (!(error instanceof StudioError)) throw error;
    console.log(`\n${child}: ${error.message}`);
  });
} else {
  const asked = process.argv.slice(2).filter(isEngineName);
  for (const name of asked.length > 0 ? asked : ENGINE_NAMES) {
    await once(fork(fileURLToPath(import.meta.url), ['--in-this-process', name]), 'exit');
  }
}
