import type * as tf from '@tensorflow/tfjs-core';

/**
 * Gradient of max pooling: every output's gradient goes to the first input (row by row) that holds the window's
 * maximum, as in TensorFlow.
 *
 * @param x [n, h, w, c], what was pooled
 * @param dy [n, h', w', c], gradient of the pooled output
 * @param dx [n, h, w, c], written to
 */
export function maxPoolGradient(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  info: tf.backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo } = info;
  const best = new Float32Array(channels);
  const bestAt = new Int32Array(channels);
  dx.fill(0);
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * strideHeight - padInfo.top;
      const firstRow = Math.max(0, top);
      const endRow = Math.min(inHeight, top + effectiveFilterHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = column * strideWidth - padInfo.left;
        const firstColumn = Math.max(0, left);
        const endColumn = Math.min(inWidth, left + effectiveFilterWidth);
        best.fill(-Infinity);
        for (let inputRow = firstRow; inputRow < endRow; inputRow++) {
          for (let inputColumn = firstColumn; inputColumn < endColumn; inputColumn++) {
            const at = ((image * inHeight + inputRow) * inWidth + inputColumn) * channels;
            for (let channel = 0; channel < channels; channel++) {
              const value = x[at + channel];
              if (value > best[channel]) {
                best[channel] = value;
                bestAt[channel] = at + channel;
              }
            }
          }
        }
        const from = ((image * outHeight + row) * outWidth + column) * channels;
        for (let channel = 0; channel < channels; channel++) {
          // A window of NaN has no maximum; its gradient has no place to go.
          if (best[channel] !== -Infinity) dx[bestAt[channel]] += dy[from + channel];
        }
      }
    }
  }
}
