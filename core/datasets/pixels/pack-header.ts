import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { preprocessingSchema } from '../../contract/preprocessing.ts';

/**
 * The start of a pack file, little-endian:
 * ```
 * 0  8 bytes  "SIMGANPK"
 * 8  uint32   schema version
 * 12 uint32   where the pixels start, a multiple of 4096
 * 16 uint32   length of the JSON
 * 20 uint32   CRC-32 of the JSON
 * 24          the JSON (`packFactsSchema`), UTF-8, then zeros
 * ```
 * From there on `count` pictures follow, each height × width × channels × (bitDepth / 8) bytes, nothing between them.
 */
const MAGIC = 'SIMGANPK';
const SCHEMA_VERSION = 1;
const JSON_OFFSET = 24;
const ALIGNMENT = 4096;
/** Where the pixels start in every pack of this version; the JSON is far shorter. */
export const PIXELS_OFFSET = 2 * ALIGNMENT;

const packFactsSchema = z.strictObject({
  preprocessing: preprocessingSchema,
  preprocessingHash: z.string(),
  count: z.int().min(1),
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  channels: z.union([z.literal(1), z.literal(3)]),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  /** Which decoders made the pixels, as in "fast-png 8.0.0, @napi-rs/image 1.15.0"; empty for simulated ones. */
  decoder: z.string(),
  /** SHA-256 of all pixel bytes. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What the header of a pack says. */
export type PackFacts = z.infer<typeof packFactsSchema>;

export function strideBytesOf(
  facts: Pick<PackFacts, 'widthPx' | 'heightPx' | 'channels' | 'bitDepth'>,
): number {
  return (facts.widthPx * facts.heightPx * facts.channels * facts.bitDepth) / 8;
}

/** The first `PIXELS_OFFSET` bytes of a pack. */
export function encodePackHeader(facts: PackFacts): Uint8Array {
  const json = Buffer.from(JSON.stringify(facts), 'utf8');
  if (json.length > PIXELS_OFFSET - JSON_OFFSET) throw new Error('The header of the pack is too long.');
  const header = Buffer.alloc(PIXELS_OFFSET);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(SCHEMA_VERSION, 8);
  header.writeUInt32LE(PIXELS_OFFSET, 12);
  header.writeUInt32LE(json.length, 16);
  header.writeUInt32LE(crc32(json), 20);
  json.copy(header, JSON_OFFSET);
  return header;
}

/**
 * Reads and checks the first bytes of a pack against the size of its file.
 * @throws StudioError 'bad-input' for what is no pack, damaged or cut off, 'too-new' for a later schema
 */
export function decodePackHeader(start: Buffer, fileBytes: number, path: string): PackFacts {
  if (start.length < 12 || start.toString('latin1', 0, 8) !== MAGIC) {
    throw damagedPack(path, 'is no pack, or its first bytes are lost');
  }
  const version = start.readUInt32LE(8);
  if (version > SCHEMA_VERSION) {
    throw new StudioError('too-new', `${path} was written by a newer version (pack schema ${version}).`, {
      remedy: 'Update SimGAN Studio, or make the pack anew with this version.',
      details: { path },
    });
  }
  if (version < 1) throw damagedPack(path, 'is damaged: its header has changed');
  if (start.length < PIXELS_OFFSET || start.readUInt32LE(12) !== PIXELS_OFFSET) {
    throw damagedPack(path, 'is damaged: its header is cut off');
  }
  const json = start.subarray(JSON_OFFSET, JSON_OFFSET + start.readUInt32LE(16));
  if (crc32(json) !== start.readUInt32LE(20)) throw damagedPack(path, 'is damaged: its header has changed');
  const parsed = packFactsSchema.safeParse(JSON.parse(json.toString('utf8')));
  if (!parsed.success) throw damagedPack(path, 'is damaged: its header makes no sense', parsed.error);
  const facts = parsed.data;
  const expectedBytes = PIXELS_OFFSET + facts.count * strideBytesOf(facts);
  if (fileBytes !== expectedBytes) {
    throw damagedPack(
      path,
      `is damaged: it has ${fileBytes} bytes where ${facts.count} pictures need ${expectedBytes}`,
    );
  }
  return facts;
}

export function damagedPack(path: string, what: string, cause?: unknown): StudioError {
  return new StudioError('bad-input', `${path} ${what}.`, {
    remedy: 'Delete the pack and make it anew from its dataset; nothing else depends on the file.',
    details: { path },
    cause,
  });
}
