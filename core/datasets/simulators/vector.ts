/** A point or direction in mm, in the OpenCV camera frame unless said otherwise: x right, y down, z away. */
export type Vector = readonly [x: number, y: number, z: number];

/** Three rows. */
export type Matrix = readonly [Vector, Vector, Vector];

export function dot(left: Vector, right: Vector): number {
  return left[0] * right[0] + left[1] * right[1] + left[2] * right[2];
}

export function cross(left: Vector, right: Vector): Vector {
  return [
    left[1] * right[2] - left[2] * right[1],
    left[2] * right[0] - left[0] * right[2],
    left[0] * right[1] - left[1] * right[0],
  ];
}

export function add(left: Vector, right: Vector): Vector {
  return [left[0] + right[0], left[1] + right[1], left[2] + right[2]];
}

export function subtract(left: Vector, right: Vector): Vector {
  return [left[0] - right[0], left[1] - right[1], left[2] - right[2]];
}

export function scale(vector: Vector, factor: number): Vector {
  return [vector[0] * factor, vector[1] * factor, vector[2] * factor];
}

export function length(vector: Vector): number {
  return Math.sqrt(dot(vector, vector));
}

export function normalize(vector: Vector): Vector {
  return scale(vector, 1 / length(vector));
}

export function transform(matrix: Matrix, vector: Vector): Vector {
  return [dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)];
}

export function transpose(matrix: Matrix): Matrix {
  const [a, b, c] = matrix;
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

/** The rotation that applies `right` first. */
export function multiply(left: Matrix, right: Matrix): Matrix {
  const columns = transpose(right);
  return [transform(columns, left[0]), transform(columns, left[1]), transform(columns, left[2])];
}

/** Rotation about a unit axis by an angle in radians, right-handed (Rodrigues). */
export function rotationAbout(axis: Vector, angleRad: number): Matrix {
  const [x, y, z] = axis;
  const sine = Math.sin(angleRad);
  const cosine = Math.cos(angleRad);
  const rest = 1 - cosine;
  return [
    [cosine + x * x * rest, x * y * rest - z * sine, x * z * rest + y * sine],
    [y * x * rest + z * sine, cosine + y * y * rest, y * z * rest - x * sine],
    [z * x * rest - y * sine, z * y * rest + x * sine, cosine + z * z * rest],
  ];
}

/**
 * Turns what faces the camera (0, 0, −1) to the given pitch and yaw in the program's gaze convention (pitch > 0 up,
 * yaw > 0 toward the left edge of the image).
 */
export function rotationToward(pitchRad: number, yawRad: number): Matrix {
  // Yaw > 0 takes −z to −x: a right-handed turn about y (down). Pitch > 0 takes −z to −y: one about −x.
  return multiply(rotationAbout([0, 1, 0], yawRad), rotationAbout([-1, 0, 0], pitchRad));
}
