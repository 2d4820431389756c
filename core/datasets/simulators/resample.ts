/** A plane of numbers, rows from the top. */
export interface Plane {
  readonly values: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Averages over the area of each larger pixel. The picture's borders stay where they are, so labels only scale. */
export function shrinkPlane(plane: Plane, widthPx: number, heightPx: number): Plane {
  const across = averageRows(plane.values, plane.widthPx, plane.heightPx, widthPx);
  return { values: averageRows(across, plane.heightPx, widthPx, heightPx), widthPx, heightPx };
}

/** Averages each row into `target` cells and writes it as a column: two calls shrink both directions. */
function averageRows(values: Float32Array, width: number, height: number, target: number): Float32Array {
  const result = new Float32Array(target * height);
  const ratio = width / target;
  for (let cell = 0; cell < target; cell++) {
    const from = cell * ratio;
    const to = from + ratio;
    const last = Math.min(width - 1, Math.ceil(to) - 1);
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let column = Math.floor(from); column <= last; column++) {
        const share = Math.min(column + 1, to) - Math.max(column, from);
        sum += values[row * width + column] * share;
      }
      result[cell * height + row] = sum / ratio;
    }
  }
  return result;
}

/** Bilinear enlargement with pixel centres at halves, clamped at the borders. */
export function enlargePlane(plane: Plane, widthPx: number, heightPx: number): Plane {
  const values = new Float32Array(widthPx * heightPx);
  const columns = Array.from({ length: widthPx }, (_, x) => sourceOf(x, widthPx, plane.widthPx));
  for (let y = 0; y < heightPx; y++) {
    const row = sourceOf(y, heightPx, plane.heightPx);
    for (let x = 0; x < widthPx; x++) {
      const column = columns[x];
      const upper = mix(plane.values, row.first * plane.widthPx, column);
      const lower = mix(plane.values, row.second * plane.widthPx, column);
      values[y * widthPx + x] = upper + (lower - upper) * row.share;
    }
  }
  return { values, widthPx, heightPx };
}

interface Source {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function sourceOf(target: number, targetSize: number, size: number): Source {
  const position = Math.max(0, Math.min(size - 1, ((target + 0.5) * size) / targetSize - 0.5));
  const first = Math.floor(position);
  return { first, second: Math.min(size - 1, first + 1), share: position - first };
}

function mix(values: Float32Array, start: number, { first, second, share }: Source): number {
  return values[start + first] + (values[start + second] - values[start + first]) * share;
}

/** A blur whose kernel is symmetric about its middle moves nothing. Borders repeat the outermost pixel. */
export function blurPlane(plane: Plane, sigmaPx: number): Plane {
  if (sigmaPx < 0.05) return plane;
  const reach = Math.ceil(3 * sigmaPx);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, place) =>
    Math.exp(-((place - reach) ** 2) / (2 * sigmaPx * sigmaPx)),
  );
  const across = blurRows(plane.values, plane.widthPx, plane.heightPx, weights);
  return { ...plane, values: blurRows(across, plane.heightPx, plane.widthPx, weights) };
}

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
  const { widthPx, heightPx } = plane;
  const taps = 2 * Math.ceil(lengthPx) + 1;
  const result = new Float32Array(widthPx * heightPx);
  for (let tap = 0; tap < taps; tap++) {
    const along = (tap / (taps - 1) - 0.5) * lengthPx;
    const offsetX = along * Math.cos(angleRad);
    const offsetY = along * Math.sin(angleRad);
    for (let y = 0; y < heightPx; y++) {
      const row = sourceOf(y + offsetY, heightPx, heightPx);
      for (let x = 0; x < widthPx; x++) {
        const column = sourceOf(x + offsetX, widthPx, widthPx);
        const upper = mix(plane.values, row.first * widthPx, column);
        const lower = mix(plane.values, row.second * widthPx, column);
        result[y * widthPx + x] += (upper + (lower - upper) * row.share) / taps;
      }
    }
  }
  return { ...plane, values: result };
}
