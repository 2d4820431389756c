import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { messageOf, StudioError, systemCodeOf } from './studio-error.ts';

export type TensorArray = Float32Array | Uint16Array | Int32Array | Uint8Array;

export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPES = { F32: Float32Array, U16: Uint16Array, I32: Int32Array, U8: Uint8Array } as const;

const naturalNumber = z.int().min(0);

/** What the header says of one tensor. */
const entrySchema = z.object({
  dtype: z.enum(Object.keys(DTYPES) as (keyof typeof DTYPES)[]),
  shape: z.array(naturalNumber),
  data_offsets: z.tuple([naturalNumber, naturalNumber]),
});

const metadataSchema = z.record(z.string(), z.string());

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
  const header = new Map<string, unknown>([['__metadata__', content.metadata]]);
  let offset = 0;
  for (const [name, { shape, values }] of content.tensors) {
    header.set(name, {
      dtype: dtypeOf(values),
      shape: [...shape],
      data_offsets: [offset, offset + values.byteLength],
    } satisfies z.infer<typeof entrySchema>);
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
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

/**
 * Reads a whole safetensors file.
 * @throws StudioError 'not-found' where there is none, 'bad-input' for a file that is none, is cut short or too long
 */
export async function readSafeTensors(path: string): Promise<SafeTensors> {
  const file = await readFile(path).catch((error: unknown) => {
    throw systemCodeOf(error) === 'ENOENT' ? missing(path, error) : error;
  });
  try {
    return parse(file);
  } catch (error) {
    throw new StudioError('bad-input', `${path} is damaged or is no safetensors file: ${messageOf(error)}`, {
      remedy: 'Use another checkpoint of the run; delete this one.',
      details: { path },
      cause: error,
    });
  }
}

function missing(path: string, cause: unknown): StudioError {
  return new StudioError('not-found', `There is no file ${path}.`, {
    remedy: 'Use another checkpoint of the run.',
    details: { path },
    cause,
  });
}

function parse(file: Buffer): SafeTensors {
  if (file.length < 8) throw new RangeError(`it has only ${file.length} bytes.`);
  const start = 8 + Number(file.readBigUInt64LE(0));
  if (start > file.length) {
    throw new RangeError(`its header should end at byte ${start} and the file ends at ${file.length}.`);
  }
  const { __metadata__: metadata, ...entries } = parseHeader(file.toString('utf8', 8, start));
  const tensors = new Map<string, SavedTensor>();
  let end = start;
  for (const [name, entry] of Object.entries(entries)) {
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success) throw new RangeError(`the header's entry for ${name} makes no sense.`);
    const { dtype, shape, data_offsets: offsets } = parsed.data;
    const ArrayType = DTYPES[dtype];
    const [from, to] = [start + offsets[0], start + offsets[1]];
    const size = shape.reduce((product, length) => product * length, 1);
    if (to > file.length) throw new RangeError(`the tensor ${name} is cut short.`);
    if (to - from !== size * ArrayType.BYTES_PER_ELEMENT) {
      throw new RangeError(
        `the tensor ${name} of shape [${shape.join(', ')}] cannot have ${to - from} bytes.`,
      );
    }
    end = Math.max(end, to);
    // Copied, so that the array is aligned whatever the offset.
    tensors.set(name, { shape, values: new ArrayType(new Uint8Array(file.subarray(from, to)).buffer) });
  }
  if (end !== file.length) throw new RangeError(`${file.length - end} bytes at its end belong to no tensor.`);
  return { tensors, metadata: metadataSchema.parse(metadata ?? {}) };
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new RangeError('its header is not JSON.', { cause: error });
  }
  if (typeof header !== 'object' || header === null) throw new RangeError('its header is no object.');
  return header as Record<string, unknown>;
}
