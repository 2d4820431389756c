/**
 * A convolution and its gradients in plain loops and float64, written from the definition alone: the yardstick for
 * the kernels of every engine, in tests and when an engine is probed.
 */

export interface ConvolutionCase {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly activation: 'linear' | 'relu';
}

interface ReferenceConvolution {
  /** [images, height', width', outputs] */
  readonly outputShape: [number, number, number, number];
  readonly output: Float64Array;
  readonly inputGradient: Float64Array;
  readonly filterGradient: Float64Array;
  readonly biasGradient: Float64Array;
}

/** Output size and zeros before the first row, by the rules of TensorFlow. */
function outputExtent(
  size: number,
  filterSize: number,
  stride: number,
  padding: 'same' | 'valid',
): { outputs: number; before: number } {
  if (padding === 'valid') return { outputs: Math.floor((size - filterSize) / stride) + 1, before: 0 };
  const outputs = Math.ceil(size / stride);
  return { outputs, before: Math.floor(Math.max(0, (outputs - 1) * stride + filterSize - size) / 2) };
}

/** Flat row-major arrays: x NHWC, filter HWIO; `upstream` is the gradient of the output, all ones if absent. */
export function referenceConvolution(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  bias: ArrayLike<number>,
  shape: ConvolutionCase,
  upstream?: ArrayLike<number>,
): ReferenceConvolution {
  const { images, height, width, inputs, outputs, filterHeight, filterWidth, stride, padding } = shape;
  const rows = outputExtent(height, filterHeight, stride, padding);
  const columns = outputExtent(width, filterWidth, stride, padding);
  const outputShape: [number, number, number, number] = [images, rows.outputs, columns.outputs, outputs];
  const output = new Float64Array(images * rows.outputs * columns.outputs * outputs);
  const inputGradient = new Float64Array(x.length);
  const filterGradient = new Float64Array(filter.length);
  const biasGradient = new Float64Array(outputs);

  /** Calls `visit` with the flat positions in x and filter of every pair that output [image, row, column, ·] sums. */
  const forEachTap = (
    image: number,
    row: number,
    column: number,
    visit: (inX: number, inFilter: number) => void,
  ) => {
    for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
      const inputRow = row * stride + filterRow - rows.before;
      if (inputRow < 0 || inputRow >= height) continue;
      for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
        const inputColumn = column * stride + filterColumn - columns.before;
        if (inputColumn < 0 || inputColumn >= width) continue;
        const pixel = ((image * height + inputRow) * width + inputColumn) * inputs;
        const tap = (filterRow * filterWidth + filterColumn) * inputs * outputs;
        for (let channel = 0; channel < inputs; channel++) visit(pixel + channel, tap + channel * outputs);
      }
    }
  };

  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows.outputs; row++) {
      for (let column = 0; column < columns.outputs; column++) {
        const at = ((image * rows.outputs + row) * columns.outputs + column) * outputs;
        for (let channel = 0; channel < outputs; channel++) {
          let sum = bias[channel];
          forEachTap(image, row, column, (inX, inFilter) => (sum += x[inX] * filter[inFilter + channel]));
          const silent = shape.activation === 'relu' && sum <= 0;
          output[at + channel] = silent ? 0 : sum;
          const gradient = silent ? 0 : (upstream?.[at + channel] ?? 1);
          if (gradient === 0) continue;
          biasGradient[channel] += gradient;
          forEachTap(image, row, column, (inX, inFilter) => {
            inputGradient[inX] += gradient * filter[inFilter + channel];
            filterGradient[inFilter + channel] += gradient * x[inX];
          });
        }
      }
    }
  }
  return { outputShape, output, inputGradient, filterGradient, biasGradient };
}
