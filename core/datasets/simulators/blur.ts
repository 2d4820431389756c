/** A plane of numbers, rows from the top. */
export interface Plane {
  readonly values: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Gaussian blur, which is symmetric and so moves nothing. Borders repeat the outermost pixel. */
export function blurPlane(plane: Plane, sigmaPx: number): Plane {
  if (sigmaPx < 0.05) return plane;
  const reach = Math.ceil(3 * sigmaPx);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, place) =>
    Math.exp(-((place - reach) ** 2) / (2 * sigmaPx * sigmaPx)),
  );
  const across = blurRows(plane.values, plane.widthPx, plane.heightPx, weights);
  return { ...plane, values: blurRows(across, plane.heightPx, plane.widthPx, weights) };
}

/** Blurs each row and writes it as a column, so that two calls blur both directions and turn nothing. */
function blurRows(
  values: Float32Array,
  width: number,
  height: number,
  weights: readonly number[],
): Float32Array {
  const result = new Float32Array(width * height);
  const reach = (weights.length - 1) / 2;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let tap = -reach; tap <= reach; tap++) {
        const from = Math.max(0, Math.min(width - 1, column + tap));
        sum += values[row * width + from] * weights[tap + reach];
      }
      result[column * height + row] = sum / total;
    }
  }
  return result;
}

/** A hand that shakes: averages along a line of this length, centred, so that nothing moves on the whole. */
export function smearPlane(plane: Plane, lengthPx: number, angleRad: number): Plane {
  if (lengthPx < 0.1) return plane;
  const { values, widthPx, heightPx } = plane;
  const taps = 2 * Math.ceil(lengthPx) + 1;
  const result = new Float32Array(widthPx * heightPx);
  for (let tap = 0; tap < taps; tap++) {
    const along = (tap / (taps - 1) - 0.5) * lengthPx;
    const columns = neighbours(widthPx, along * Math.cos(angleRad));
    const rows = neighbours(heightPx, along * Math.sin(angleRad));
    for (let y = 0; y < heightPx; y++) {
      const row = rows[y];
      for (let x = 0; x < widthPx; x++) {
        const column = columns[x];
        const upper = between(values, row.first * widthPx, column);
        const lower = between(values, row.second * widthPx, column);
        result[y * widthPx + x] += (upper + (lower - upper) * row.share) / taps;
      }
    }
  }
  return { ...plane, values: result };
}

interface Neighbours {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function neighbours(size: number, offset: number): Neighbours[] {
  return Array.from({ length: size }, (_, place) => {
    const position = Math.max(0, Math.min(size - 1, place + offset));
    const first = Math.floor(position);
    return { first, second: Math.min(size - 1, first + 1), share: position - first };
  });
}

function between(values: Float32Array, start: number, { first, second, share }: Neighbours): number {
  return values[start + first] + (values[start + second] - values[start + first]) * share;
}
