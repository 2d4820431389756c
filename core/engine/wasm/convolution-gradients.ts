import * as tf from '@tensorflow/tfjs-core';

/**
 * The two gradients of a convolution, written as forward convolutions, because the forward convolution of the wasm
 * backend (XNNPACK's indirect GEMM) is the one fast routine that it has: its own input gradient is ten times slower,
 * and a filter gradient it has not at all.
 *
 * Notation: x [n, h, w, c] is convolved with a filter [fh, fw, c, d] at stride s, x being padded by `top` and `left`,
 * to y [n, h', w', d]. Padded row P of x meets filter row k at output row o where P = s·o + k.
 */

type Shape4D = [number, number, number, number];

interface Window {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

/**
 * dx from dy [n, h', w', d] and the filter. With P = s·m + r the rows of x fall into s phases r, and each phase is a
 * convolution of dy with every s-th filter row, reversed: dx[s·m + r] = Σ_j dy[m − j] · filter[s·j + r]. All s² phases
 * are computed as the channels of one stride-1 convolution and then interleaved. Stride 1 is the one-phase case.
 */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: Shape4D,
  window: Window,
): tf.Tensor4D {
  const info = geometryOf(inputShape, filter.shape, window);
  const { strideHeight, strideWidth, inChannels, outChannels } = info;
  const rows = phases(info.inHeight, info.padInfo.top, info.filterHeight, info.outHeight, strideHeight);
  const columns = phases(info.inWidth, info.padInfo.left, info.filterWidth, info.outWidth, strideWidth);
  return tf.tidy(() => {
    const padded = padTo(filter, [rows.taps * strideHeight, columns.taps * strideWidth]);
    // [j, r, j', r', c, d] → [j, j', d, r, r', c], j and j' reversed.
    const phaseFilter = tf.reshape<tf.Rank.R4>(
      tf.transpose(
        tf.reshape(padded, [rows.taps, strideHeight, columns.taps, strideWidth, inChannels, outChannels]),
        [0, 2, 5, 1, 3, 4],
      ),
      [rows.taps, columns.taps, outChannels, strideHeight * strideWidth * inChannels],
    );
    const reversed = tf.reverse<tf.Tensor4D>(phaseFilter, [0, 1]);
    const phased = forwardConvolution(
      dy,
      reversed,
      [rows.before, rows.after],
      [columns.before, columns.after],
      1,
    );
    if (strideHeight === 1 && strideWidth === 1) return phased;
    const grid = interleave(phased, strideHeight, strideWidth, inChannels);
    return cut(grid, [rows.skip, columns.skip], [info.inHeight, info.inWidth]);
  });
}

/** Up to this many values per window, spelling the windows out costs less than a filter as large as dy. */
const SMALL_WINDOW = 64;

/** dfilter from x and dy: filter[k] = Σ over images and o of x[s·o + k] · dy[o]. */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Shape4D,
  window: Window,
): tf.Tensor4D {
  const info = geometryOf(x.shape, filterShape, window);
  const { filterHeight, filterWidth, inChannels, strideHeight, strideWidth } = info;
  const isPointwise =
    filterHeight * filterWidth * strideHeight * strideWidth === 1 && info.padInfo.type === 'VALID';
  return tf.tidy(() => {
    if (isPointwise) return productOverPixels(x, dy, filterShape);
    if (filterHeight * filterWidth * inChannels <= SMALL_WINDOW) {
      return productOverPixels(windowsOf(x, filterShape, info), dy, filterShape);
    }
    return filterGradientAsConvolution(x, dy, info);
  });
}

/**
 * The sum over images and o is a convolution whose images are the channels of x, whose channels are the images, and
 * whose filter is dy, spread by the stride.
 */
function filterGradientAsConvolution(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  info: tf.backend_util.Conv2DInfo,
): tf.Tensor4D {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const rowsAfter = (info.outHeight - 1) * strideHeight + filterHeight - info.inHeight - padInfo.top;
  const columnsAfter = (info.outWidth - 1) * strideWidth + filterWidth - info.inWidth - padInfo.left;
  const sums = forwardConvolution(
    channelsAsImages(x),
    tf.transpose(dy, [1, 2, 0, 3]),
    [padInfo.top, Math.max(0, rowsAfter)],
    [padInfo.left, Math.max(0, columnsAfter)],
    [strideHeight, strideWidth],
  );
  // Rows of x that no window reached (padding 'valid') gave taps that the filter has not.
  return tf.transpose(cut(sums, [0, 0], [filterHeight, filterWidth]), [1, 2, 0, 3]);
}

/** [n, h', w', fh·fw·c]: the values under the filter at each output, by a convolution with the identity (exact). */
function windowsOf(x: tf.Tensor4D, filterShape: Shape4D, info: tf.backend_util.Conv2DInfo): tf.Tensor4D {
  const [filterHeight, filterWidth, channels] = filterShape;
  const size = filterHeight * filterWidth * channels;
  const identity = tf.reshape<tf.Rank.R4>(tf.eye(size), [filterHeight, filterWidth, channels, size]);
  const { top, bottom, left, right } = info.padInfo;
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.conv2d(x, identity, [info.strideHeight, info.strideWidth], pad);
}

/** Σ over all pixels of windows[pixel, i] · dy[pixel, d] → filterShape, with i running over its first three axes. */
function productOverPixels(windows: tf.Tensor4D, dy: tf.Tensor4D, filterShape: Shape4D): tf.Tensor4D {
  const size = windows.shape[3];
  const outputs = dy.shape[3];
  const pixels = dy.size / outputs;
  const left = tf.reshape<tf.Rank.R2>(windows, [pixels, size]);
  const right = tf.reshape<tf.Rank.R2>(dy, [pixels, outputs]);
  // The second factor is repacked by the backend, which costs; so the smaller one goes there.
  const product = size > outputs ? transposedTimes(left, right) : tf.transpose(transposedTimes(right, left));
  return tf.reshape(product, filterShape);
}

/** aᵀ·b for a [pixels, m] and b [pixels, k] → [m, k], as a 1×1 convolution of an image of 1 × m pixels. */
function transposedTimes(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const [pixels, rows] = a.shape;
  const columns = b.shape[1];
  const image = tf.reshape<tf.Rank.R4>(tf.transpose(a), [1, 1, rows, pixels]);
  const product = forwardConvolution(image, tf.reshape(b, [1, 1, pixels, columns]), [0, 0], [0, 0], 1);
  return tf.reshape(product, [rows, columns]);
}

/** [n, h, w, c] → [c, h, w, n], in two steps that the backend has fast routines for. */
function channelsAsImages(x: tf.Tensor4D): tf.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const byChannel = tf.transpose(tf.reshape(x, [images * height * width, channels]));
  const swapped = tf.transpose(tf.reshape(byChannel, [channels, images, height * width]), [0, 2, 1]);
  return tf.reshape(swapped, [channels, height, width, images]);
}

function geometryOf(inputShape: Shape4D, filterShape: Shape4D, window: Window): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = window;
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
}

interface Phases {
  /** Filter taps per phase. */
  readonly taps: number;
  /** Zeros before and after dy, so that the convolution gives just the rows that x has (or up to s − 1 more). */
  readonly before: number;
  readonly after: number;
  /** Rows of the interleaved result that lie before x's first. */
  readonly skip: number;
}

/** The one-dimensional bookkeeping of `inputGradient`. */
function phases(
  size: number,
  padBefore: number,
  filterSize: number,
  outputs: number,
  stride: number,
): Phases {
  const taps = Math.ceil(filterSize / stride);
  const first = Math.floor(padBefore / stride);
  const last = Math.floor((padBefore + size - 1) / stride);
  return { taps, before: taps - 1 - first, after: last + 1 - outputs, skip: padBefore - first * stride };
}

function forwardConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  padRows: [number, number],
  padColumns: [number, number],
  dilations: [number, number] | number,
): tf.Tensor4D {
  return tf.conv2d(x, filter, 1, [[0, 0], padRows, padColumns, [0, 0]], 'NHWC', dilations);
}

/** [n, h, w, s·s'·c] → [n, h·s, w·s', c]; only the axes w and s change places. */
function interleave(
  x: tf.Tensor4D,
  strideHeight: number,
  strideWidth: number,
  channels: number,
): tf.Tensor4D {
  const [images, height, width] = x.shape;
  const rows = tf.reshape(x, [images * height, width, strideHeight, strideWidth * channels]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [
    images,
    height * strideHeight,
    width * strideWidth,
    channels,
  ]);
}

function padTo(filter: tf.Tensor4D, [height, width]: [number, number]): tf.Tensor4D {
  const rows = height - filter.shape[0];
  const columns = width - filter.shape[1];
  return rows === 0 && columns === 0
    ? filter
    : tf.pad4d(filter, [
        [0, rows],
        [0, columns],
        [0, 0],
        [0, 0],
      ]);
}

function cut(x: tf.Tensor4D, begin: [number, number], [height, width]: [number, number]): tf.Tensor4D {
  return x.shape[1] === height && x.shape[2] === width
    ? x
    : tf.slice(x, [0, begin[0], begin[1], 0], [x.shape[0], height, width, x.shape[3]]);
}
