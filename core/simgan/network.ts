import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../base/random.ts';
import { convolve } from '../engine/convolve.ts';

/** A weight with the name under which checkpoints keep it, such as `refiner/block-2/first/filter`. */
export interface NamedWeight {
  readonly name: string;
  readonly variable: tf.Variable;
}

/** What a network reports every so often: the name in the records, and how to show it. */
export interface MetricDeclaration {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  /** Metrics of one chart share a scale. */
  readonly chart: string;
  /** The paper's symbol or equation, where it has one. */
  readonly symbol: string;
}

/** A fully convolutional network that owns its weights. */
export interface Network {
  readonly name: string;
  readonly weights: readonly NamedWeight[];
  readonly parameterCount: number;
  readonly metrics: readonly MetricDeclaration[];
  /** x [n, h, w, c] → the network's map; to be called inside `tf.tidy` or a gradient. */
  apply(x: tf.Tensor4D): tf.Tensor4D;
  dispose(): void;
}

export interface ConvolutionShape {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly activation: 'linear' | 'relu';
  /** Standard deviation of the initial filter; 0 starts at zero. */
  readonly initialDeviation: number;
}

export type Convolution = (x: tf.Tensor4D) => tf.Tensor4D;

/** Creates a convolution with bias, appends its two weights to `weights`, and returns the layer. */
export function addConvolution(
  weights: NamedWeight[],
  name: string,
  shape: ConvolutionShape,
  random: Random,
): Convolution {
  const { kernelHeight, kernelWidth, inputs, outputs, stride, padding, activation } = shape;
  const initial = new Float32Array(kernelHeight * kernelWidth * inputs * outputs);
  if (shape.initialDeviation > 0) {
    for (let index = 0; index < initial.length; index++)
      initial[index] = random.normal() * shape.initialDeviation;
  }
  const filter = variableOf(initial, [kernelHeight, kernelWidth, inputs, outputs]);
  const bias = variableOf(new Float32Array(outputs), [outputs]);
  weights.push({ name: `${name}/filter`, variable: filter }, { name: `${name}/bias`, variable: bias });
  return (x) =>
    convolve(x, filter as unknown as tf.Tensor4D, bias as unknown as tf.Tensor1D, {
      stride,
      padding,
      activation,
    });
}

/** Standard deviation for layers before a ReLU (He et al. 2015). */
export function heDeviation(kernelHeight: number, kernelWidth: number, inputs: number): number {
  return Math.sqrt(2 / (kernelHeight * kernelWidth * inputs));
}

export function countParameters(weights: readonly NamedWeight[]): number {
  return weights.reduce((sum, { variable }) => sum + variable.size, 0);
}

export function disposeWeights(weights: readonly NamedWeight[]): void {
  for (const { variable } of weights) variable.dispose();
}

function variableOf(values: Float32Array, shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}
