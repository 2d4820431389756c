/** The bytes of a typed array, for a BLOB column. Little endian, as every platform that the program runs on. */
export function toBlob(values: Int32Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

export function int32OfBlob(blob: Buffer): Int32Array {
  return new Int32Array(alignedBytes(blob));
}

export function float32OfBlob(blob: Buffer): Float32Array {
  return new Float32Array(alignedBytes(blob));
}

/** A copy that begins at offset 0 of its own memory, as typed arrays of wider elements need. */
function alignedBytes(blob: Buffer): ArrayBuffer {
  return Uint8Array.from(blob).buffer;
}
