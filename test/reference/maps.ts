/** A batch of feature maps or images in float64, NHWC: values[((image · height + row) · width + column) · channels + channel]. */
export interface Maps {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/** Maps of the given sizes around `values`, which are copied; all zeros where none are given. */
export function mapsOf(
  [count, height, width, channels]: readonly [number, number, number, number],
  values?: ArrayLike<number>,
): Maps {
  const size = count * height * width * channels;
  if (values && values.length !== size) {
    throw new RangeError(
      `${count}×${height}×${width}×${channels} maps are ${size} values, not ${values.length}.`,
    );
  }
  return {
    count,
    height,
    width,
    channels,
    values: values ? Float64Array.from(values) : new Float64Array(size),
  };
}

/** Both batches, one behind the other. */
export function concatenate(first: Maps, second: Maps): Maps {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { ...first, count: first.count + second.count, values };
}

/** The images from `start` up to and without `end`. */
export function imagesBetween(maps: Maps, start: number, end: number): Maps {
  const size = maps.height * maps.width * maps.channels;
  return { ...maps, count: end - start, values: maps.values.slice(start * size, end * size) };
}
