/** Where along one axis each output of a resize comes from: input `low` with the rest, input `high` with its share. */
interface AxisTaps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly highShare: Float32Array;
}

export interface ResizeRule {
  readonly method: 'nearest' | 'bilinear';
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * Gradient of enlarging or shrinking images: every output's gradient flows back to the inputs that it was made of.
 *
 * @param dy [n, h', w', c], gradient of the resized images
 * @param dx [n, h, w, c], written to
 */
export function resizeGradient(
  dy: Float32Array,
  dx: Float32Array,
  inputShape: readonly [number, number, number, number],
  outputSize: readonly [number, number],
  rule: ResizeRule,
): void {
  const [images, height, width, channels] = inputShape;
  const rows = axisTaps(height, outputSize[0], rule);
  const columns = axisTaps(width, outputSize[1], rule);
  dx.fill(0);
  let from = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < outputSize[0]; row++) {
      const top = (image * height + rows.low[row]) * width;
      const bottom = (image * height + rows.high[row]) * width;
      const bottomShare = rows.highShare[row];
      for (let column = 0; column < outputSize[1]; column++) {
        const left = columns.low[column];
        const right = columns.high[column];
        const rightShare = columns.highShare[column];
        for (let channel = 0; channel < channels; channel++, from++) {
          const upper = dy[from] * (1 - bottomShare);
          const lower = dy[from] * bottomShare;
          dx[(top + left) * channels + channel] += upper * (1 - rightShare);
          dx[(top + right) * channels + channel] += upper * rightShare;
          dx[(bottom + left) * channels + channel] += lower * (1 - rightShare);
          dx[(bottom + right) * channels + channel] += lower * rightShare;
        }
      }
    }
  }
}

/** The rules of TensorFlow, in float32 as the forward kernel computes them. */
function axisTaps(inputs: number, outputs: number, rule: ResizeRule): AxisTaps {
  const corners = rule.alignCorners && outputs > 1 ? 1 : 0;
  const scale = Math.fround((inputs - corners) / (outputs - corners));
  const low = new Int32Array(outputs);
  const high = new Int32Array(outputs);
  const highShare = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const centre = Math.fround(scale * (rule.halfPixelCenters ? output + 0.5 : output));
    if (rule.method === 'nearest') {
      low[output] = Math.min(inputs - 1, rule.alignCorners ? Math.round(centre) : Math.floor(centre));
      high[output] = low[output];
    } else {
      const source = Math.max(0, rule.halfPixelCenters ? centre - 0.5 : centre);
      low[output] = Math.min(inputs - 1, Math.floor(source));
      high[output] = Math.min(inputs - 1, low[output] + 1);
      highShare[output] = source - low[output];
    }
  }
  return { low, high, highShare };
}
