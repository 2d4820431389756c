import { mapsOf, type Maps } from './maps.ts';
import type { Weight } from './weights.ts';

/**
 * The layers of both networks, forward and backward, written from their definitions in plain loops and float64. Each
 * returns its output and a function from the gradient of a loss by the output to that by the input.
 */
export interface Layer {
  readonly output: Maps;
  backward(outputGradient: Float64Array): Float64Array;
}

export interface ConvolutionGradients {
  readonly input: Float64Array;
  readonly filter: Float64Array;
  readonly bias: Float64Array;
}

export interface ConvolutionLayer {
  readonly output: Maps;
  backward(outputGradient: Float64Array): ConvolutionGradients;
}

interface Extent {
  /** Windows that fit. */
  readonly outputs: number;
  /** Padding before the first value. */
  readonly before: number;
}

/** How often a window fits along one axis, as TensorFlow counts and pads: an odd rest goes behind. */
function extentOf(size: number, window: number, stride: number, padding: 'same' | 'valid'): Extent {
  if (padding === 'valid') return { outputs: Math.floor((size - window) / stride) + 1, before: 0 };
  const outputs = Math.ceil(size / stride);
  const padded = Math.max((outputs - 1) * stride + window - size, 0);
  return { outputs, before: Math.floor(padded / 2) };
}

/**
 * Cross-correlation with bias. filter [height, width, inputs, outputs], bias [outputs]:
 * output[n, r, c, o] = bias[o] + Σ over k, l, i of x[n, r·stride + k − top, c·stride + l − left, i] · filter[k, l, i, o],
 * where x is 0 outside of the image.
 */
export function convolution(
  x: Maps,
  filter: Weight,
  bias: Weight,
  stride: number,
  padding: 'same' | 'valid',
): ConvolutionLayer {
  const [filterHeight, filterWidth, inputs, outputs] = filter.shape;
  if (inputs !== x.channels) throw new RangeError(`A filter for ${inputs} maps met ${x.channels}.`);
  const rows = extentOf(x.height, filterHeight, stride, padding);
  const columns = extentOf(x.width, filterWidth, stride, padding);
  const output = mapsOf([x.count, rows.outputs, columns.outputs, outputs]);

  /** Every product of the sum above, as flat positions in the output, the input and the filter. */
  const forEachProduct = (visit: (atOutput: number, atInput: number, atFilter: number) => void): void => {
    for (let n = 0; n < x.count; n++)
      for (let r = 0; r < rows.outputs; r++)
        for (let c = 0; c < columns.outputs; c++)
          for (let k = 0; k < filterHeight; k++)
            for (let l = 0; l < filterWidth; l++) {
              const row = r * stride + k - rows.before;
              const column = c * stride + l - columns.before;
              if (row < 0 || row >= x.height || column < 0 || column >= x.width) continue;
              for (let i = 0; i < inputs; i++)
                for (let o = 0; o < outputs; o++)
                  visit(
                    ((n * rows.outputs + r) * columns.outputs + c) * outputs + o,
                    ((n * x.height + row) * x.width + column) * inputs + i,
                    ((k * filterWidth + l) * inputs + i) * outputs + o,
                  );
            }
  };

  output.values.forEach((_, at) => (output.values[at] = bias.values[at % outputs]));
  forEachProduct((atOutput, atInput, atFilter) => {
    output.values[atOutput] += x.values[atInput] * filter.values[atFilter];
  });
  return {
    output,
    backward(outputGradient) {
      const gradients = {
        input: new Float64Array(x.values.length),
        filter: new Float64Array(filter.values.length),
        bias: new Float64Array(outputs),
      };
      outputGradient.forEach((value, at) => (gradients.bias[at % outputs] += value));
      forEachProduct((atOutput, atInput, atFilter) => {
        gradients.input[atInput] += outputGradient[atOutput] * filter.values[atFilter];
        gradients.filter[atFilter] += outputGradient[atOutput] * x.values[atInput];
      });
      return gradients;
    },
  };
}

/** The largest value under each window; padding never wins. The first of equals (row by row) gets the gradient. */
export function maxPool(x: Maps, window: number, stride: number, padding: 'same' | 'valid'): Layer {
  const rows = extentOf(x.height, window, stride, padding);
  const columns = extentOf(x.width, window, stride, padding);
  const output = mapsOf([x.count, rows.outputs, columns.outputs, x.channels]);
  const winners = new Int32Array(output.values.length);
  let at = 0;
  for (let n = 0; n < x.count; n++)
    for (let r = 0; r < rows.outputs; r++)
      for (let c = 0; c < columns.outputs; c++)
        for (let channel = 0; channel < x.channels; channel++) {
          let best = -Infinity;
          for (let k = 0; k < window; k++)
            for (let l = 0; l < window; l++) {
              const row = r * stride + k - rows.before;
              const column = c * stride + l - columns.before;
              if (row < 0 || row >= x.height || column < 0 || column >= x.width) continue;
              const from = ((n * x.height + row) * x.width + column) * x.channels + channel;
              if (x.values[from] <= best) continue;
              best = x.values[from];
              winners[at] = from;
            }
          output.values[at++] = best;
        }
  return {
    output,
    backward(outputGradient) {
      const input = new Float64Array(x.values.length);
      winners.forEach((from, place) => (input[from] += outputGradient[place]));
      return input;
    },
  };
}

/** max(x, 0); no gradient at 0. */
export function relu(x: Maps): Layer {
  return elementwise(
    x,
    (value) => Math.max(value, 0),
    (value) => (value > 0 ? 1 : 0),
  );
}

export function tanh(x: Maps): Layer {
  return elementwise(x, Math.tanh, (value) => 1 - Math.tanh(value) ** 2);
}

/** The sum of two batches of the same shape; both inputs have the gradient of the output. */
export function add(left: Maps, right: Maps): Maps {
  return { ...left, values: left.values.map((value, at) => value + right.values[at]) };
}

function elementwise(x: Maps, apply: (value: number) => number, slope: (value: number) => number): Layer {
  return {
    output: { ...x, values: x.values.map(apply) },
    backward: (outputGradient) => outputGradient.map((value, at) => value * slope(x.values[at])),
  };
}
