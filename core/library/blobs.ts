/** The bytes of a typed array, for a BLOB column. Little endian, as every platform that the program runs on. */
export function toBlob(values: Int32Array | Float32Array | Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** The values of a blob; what is done to them may be done to the blob. */
export function int32OfBlob(blob: Buffer): Int32Array {
  const { buffer, byteOffset, length } = aligned(blob, 4);
  return new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
}

/** The same of float32. */
export function float32OfBlob(blob: Buffer): Float32Array {
  const { buffer, byteOffset, length } = aligned(blob, 4);
  return new Float32Array(buffer, byteOffset, length / Float32Array.BYTES_PER_ELEMENT);
}

/** The same of float64. */
export function float64OfBlob(blob: Buffer): Float64Array {
  const { buffer, byteOffset, length } = aligned(blob, 8);
  return new Float64Array(buffer, byteOffset, length / Float64Array.BYTES_PER_ELEMENT);
}

/** Bytes that begin where typed arrays of elements of this size may: the blob itself, or a copy. */
function aligned(blob: Buffer, elementBytes: number): Uint8Array {
  return blob.byteOffset % elementBytes === 0 ? blob : Uint8Array.from(blob);
}
