/** A plane of grey levels, row by row. */
export interface Plane {
  readonly values: Float32Array;
  readonly heightPx: number;
  readonly widthPx: number;
}

/** Gaussian smoothing with repeated border pixels; the kernel reaches three standard deviations. */
export function smooth(plane: Plane, sigmaPx: number): Float32Array {
  if (sigmaPx <= 0) return plane.values;
  const radius = Math.ceil(3 * sigmaPx);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigmaPx * sigmaPx)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const { heightPx, widthPx, values } = plane;
  const rows = new Float32Array(values.length);
  const result = new Float32Array(values.length);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      let sum = 0;
      for (let offset = -radius; offset <= radius; offset++) {
        const column = Math.min(widthPx - 1, Math.max(0, x + offset));
        sum += kernel[offset + radius] * values[y * widthPx + column];
      }
      rows[y * widthPx + x] = sum / total;
    }
  }
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      let sum = 0;
      for (let offset = -radius; offset <= radius; offset++) {
        const row = Math.min(heightPx - 1, Math.max(0, y + offset));
        sum += kernel[offset + radius] * rows[row * widthPx + x];
      }
      result[y * widthPx + x] = sum / total;
    }
  }
  return result;
}
