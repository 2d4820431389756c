import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from './atomic-file.ts';
import { StudioError } from './studio-error.ts';

export type TensorArray = Float32Array | Uint16Array | Int32Array | Uint8Array;

export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface TensorHeader {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const DTYPES = { F32: Float32Array, U16: Uint16Array, I32: Int32Array, U8: Uint8Array } as const;

function dtypeOf(values: TensorArray): keyof typeof DTYPES {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof Uint16Array) return 'U16';
  return values instanceof Int32Array ? 'I32' : 'U8';
}

/**
 * Writes named tensors in the safetensors format (huggingface/safetensors, "Format": an unsigned little-endian 64-bit
 * header length, a JSON header, the raw little-endian data), which every framework reads without running code. The
 * same input gives the same bytes. Written atomically.
 */
export async function writeSafeTensors(path: string, content: SafeTensors): Promise<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: content.metadata };
  let offset = 0;
  for (const [name, { shape, values }] of content.tensors) {
    header[name] = {
      dtype: dtypeOf(values),
      shape,
      data_offsets: [offset, offset + values.byteLength],
    } satisfies TensorHeader;
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8 keep the data aligned, as the format recommends.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(start + offset);
  file.fill(0x20, 8, start);
  file.set(json, 8);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  let at = start;
  for (const { values } of content.tensors.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  await writeFileAtomic(path, file);
  return file;
}

/** Reads a whole safetensors file; a file that is none, or is cut short, is a `StudioError` ("bad-input"). */
export async function readSafeTensors(path: string): Promise<SafeTensors> {
  const file = await readFile(path);
  try {
    return parse(file);
  } catch (error) {
    throw new StudioError('bad-input', `${path} is damaged or is no safetensors file.`, {
      remedy: 'Use another checkpoint of the run; delete this one.',
      details: { path },
      cause: error,
    });
  }
}

function parse(file: Buffer): SafeTensors {
  const start = 8 + Number(file.readBigUInt64LE(0));
  if (start > file.length)
    throw new RangeError(`The header ends at ${start}, after the file's ${file.length} bytes.`);
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<string, TensorHeader> & {
    __metadata__?: Record<string, string>;
  };
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, SavedTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    if (!(dtype in DTYPES)) throw new RangeError(`The tensor ${name} has the unknown type ${dtype}.`);
    const ArrayType = DTYPES[dtype as keyof typeof DTYPES];
    const [from, to] = [start + offsets[0], start + offsets[1]];
    const size = shape.reduce((product, length) => product * length, 1);
    if (to > file.length || to - from !== size * ArrayType.BYTES_PER_ELEMENT) {
      throw new RangeError(`The tensor ${name} is cut short.`);
    }
    // Copied, so that the array is aligned whatever the offset.
    tensors.set(name, { shape, values: new ArrayType(new Uint8Array(file.subarray(from, to)).buffer) });
  }
  return { tensors, metadata };
}
