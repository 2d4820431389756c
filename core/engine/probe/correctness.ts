import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../base/random.ts';
import { convolve } from '../convolve.ts';
import { referenceConvolution, type ConvolutionCase } from '../reference-convolution.ts';

/** Above this share of an array's largest value, a deviation is no longer float32's rounding. */
export const CORRECTNESS_LIMIT = 1e-4;

const cases: readonly ConvolutionCase[] = [
  { images: 2, height: 11, width: 13, inputs: 1, outputs: 8, filterHeight: 3, filterWidth: 3, stride: 1 },
  { images: 3, height: 9, width: 14, inputs: 8, outputs: 8, filterHeight: 3, filterWidth: 3, stride: 1 },
  { images: 2, height: 18, width: 11, inputs: 3, outputs: 5, filterHeight: 3, filterWidth: 3, stride: 2 },
  { images: 2, height: 9, width: 9, inputs: 8, outputs: 2, filterHeight: 1, filterWidth: 1, stride: 1 },
  { images: 2, height: 12, width: 10, inputs: 3, outputs: 4, filterHeight: 7, filterWidth: 7, stride: 1 },
].map((shape, index) => ({ ...shape, padding: 'same', activation: index % 2 === 0 ? 'relu' : 'linear' }));

/**
 * Convolves on the open engine and compares output and gradients with the float64 reference.
 *
 * @returns the largest deviation met, as a share of the largest value of its array
 */
export async function measureLargestError(): Promise<number> {
  const errors: number[] = [];
  for (const [index, shape] of cases.entries()) errors.push(await largestErrorOf(shape, index));
  return Math.max(...errors);
}

/** As `measureLargestError`, for one case with random numbers. */
export async function largestErrorOf(shape: ConvolutionCase, seed: number): Promise<number> {
  const random = createRandom(seed);
  const normals = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  const { images, height, width, inputs, outputs, filterHeight, filterWidth } = shape;
  const xValues = normals(images * height * width * inputs);
  const filterValues = normals(filterHeight * filterWidth * inputs * outputs);
  const biasValues = normals(outputs);
  const outputSize = referenceConvolution(xValues, filterValues, biasValues, shape).output.length;
  const upstream = normals(outputSize);
  const expected = referenceConvolution(xValues, filterValues, biasValues, shape, upstream);
  const actual = tf.tidy(() => {
    const x = tf.tensor4d(xValues, [images, height, width, inputs]);
    const filter = tf.tensor4d(filterValues, [filterHeight, filterWidth, inputs, outputs]);
    const bias = tf.tensor1d(biasValues);
    const output = convolve(x, filter, bias, shape);
    const differentiate = tf.grads((input: tf.Tensor, weights: tf.Tensor, offset: tf.Tensor) =>
      convolve(input as tf.Tensor4D, weights as tf.Tensor4D, offset as tf.Tensor1D, shape),
    );
    return [output, ...differentiate([x, filter, bias], tf.tensor(upstream, expected.outputShape))];
  });
  const { output, inputGradient, filterGradient, biasGradient } = expected;
  const errors: number[] = [];
  for (const [index, values] of [output, inputGradient, filterGradient, biasGradient].entries()) {
    errors.push(relativeError(await actual[index].data(), values));
  }
  tf.dispose(actual);
  return Math.max(...errors);
}

/** NaN if a value is NaN or the sizes differ, so that no comparison with a limit can pass. */
function relativeError(values: ArrayLike<number>, expected: Float64Array): number {
  if (values.length !== expected.length) return NaN;
  let scale = 1;
  let error = 0;
  for (let index = 0; index < expected.length; index++) {
    const deviation = Math.abs(values[index] - expected[index]);
    if (Number.isNaN(deviation)) return NaN;
    error = Math.max(error, deviation);
    scale = Math.max(scale, Math.abs(expected[index]));
  }
  return error / scale;
}
