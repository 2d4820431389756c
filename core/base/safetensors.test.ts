import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { readSafeTensors, writeSafeTensors, type SafeTensors, type SavedTensor } from './safetensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const arrays = {
  F32: (length: number) => fc.float32Array({ minLength: length, maxLength: length }),
  U16: (length: number) => fc.uint16Array({ minLength: length, maxLength: length }),
  I32: (length: number) => fc.int32Array({ minLength: length, maxLength: length }),
  U8: (length: number) => fc.uint8Array({ minLength: length, maxLength: length }),
};

const tensor: fc.Arbitrary<SavedTensor> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.constantFrom(...(Object.keys(arrays) as (keyof typeof arrays)[])),
  )
  .chain(([shape, dtype]) =>
    arrays[dtype](shape.reduce((product, length) => product * length, 1)).map((values) => ({
      shape,
      values,
    })),
  );

const content: fc.Arbitrary<SafeTensors> = fc.record({
  tensors: fc
    .uniqueArray(
      fc.tuple(
        fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
        tensor,
      ),
      {
        selector: ([name]) => name,
        maxLength: 6,
      },
    )
    .map((entries) => new Map(entries)),
  // As a name of metadata, zod drops this one.
  metadata: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
    { maxKeys: 4, noNullPrototype: true },
  ),
});

const sample: SafeTensors = {
  tensors: new Map<string, SavedTensor>([
    ['a', { shape: [2, 2], values: Float32Array.of(1, -2, 3.5, NaN) }],
    ['b', { shape: [3], values: Uint16Array.of(0, 7, 65535) }],
  ]),
  metadata: { format: 'test' },
};

describe('safetensors', () => {
  test('gives back whatever was written, bit for bit, and the same bytes for the same content', async () => {
    const path = join(folder, 'round-trip.safetensors');
    await fc.assert(
      fc.asyncProperty(content, async (written) => {
        const bytes = await writeSafeTensors(path, written);
        const read = await readSafeTensors(path);
        expect(read.metadata).toEqual(written.metadata);
        // An object's keys of digits come first, so only the names' order may differ.
        expect([...read.tensors.keys()].sort()).toEqual([...written.tensors.keys()].sort());
        for (const [name, { shape, values }] of written.tensors) {
          expect(read.tensors.get(name)).toEqual({ shape, values });
        }
        expect(Buffer.compare(await writeSafeTensors(path, written), bytes)).toBe(0);
        expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
      }),
      {
        numRuns: propertyRuns(60),
        examples: [
          [{ metadata: {}, tensors: new Map([['__proto__', { shape: [], values: Uint8Array.of(1) }]]) }],
        ],
      },
    );
  });

  test('has the layout of the format', async () => {
    const bytes = Buffer.from(await writeSafeTensors(join(folder, 'layout.safetensors'), sample));
    const headerLength = Number(bytes.readBigUInt64LE(0));
    expect((8 + headerLength) % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 8, 8 + headerLength))).toEqual({
      __metadata__: { format: 'test' },
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      b: { dtype: 'U16', shape: [3], data_offsets: [16, 22] },
    });
    const data = bytes.subarray(8 + headerLength);
    expect([0, 4, 8].map((at) => data.readFloatLE(at))).toEqual([1, -2, 3.5]);
    expect([16, 18, 20].map((at) => data.readUInt16LE(at))).toEqual([0, 7, 65535]);
    expect(data).toHaveLength(22);
  });

  test('writes a view of a larger array as what it shows', async () => {
    const path = join(folder, 'view.safetensors');
    const values = Float32Array.of(1, 2, 3, 4, 5).subarray(2, 4);
    await writeSafeTensors(path, { metadata: {}, tensors: new Map([['view', { shape: [2], values }]]) });
    const { tensors } = await readSafeTensors(path);
    expect(tensors.get('view')?.values).toEqual(Float32Array.of(3, 4));
  });

  test('takes no file that is cut short at any place', async () => {
    const path = join(folder, 'cut.safetensors');
    const bytes = await writeSafeTensors(path, sample);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(readSafeTensors(path), `${length} bytes`).rejects.toMatchObject({ code: 'bad-input' });
    }
  });

  const damaged =
    (change: (header: Record<string, unknown>) => void, behind = 0) =>
    async (): Promise<string> => {
      const path = join(folder, 'damaged.safetensors');
      const bytes = Buffer.from(await writeSafeTensors(path, sample));
      const start = 8 + Number(bytes.readBigUInt64LE(0));
      const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, unknown>;
      change(header);
      const json = Buffer.from(JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(json.length));
      await writeFile(path, Buffer.concat([length, json, bytes.subarray(start), Buffer.alloc(behind)]));
      return path;
    };

  test.each<[string, () => Promise<string>, RegExp]>([
    ['more than its tensors', damaged(() => undefined, 3), /3 bytes at its end belong to no tensor/],
    [
      'an unknown type',
      damaged((header) => (header.a = { dtype: 'toString', shape: [2, 2], data_offsets: [0, 16] })),
      /entry for a makes no sense/,
    ],
    [
      'an offset before the data',
      damaged((header) => (header.a = { dtype: 'F32', shape: [2, 2], data_offsets: [-8, 8] })),
      /entry for a makes no sense/,
    ],
    [
      'a shape of another size',
      damaged((header) => (header.a = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 16] })),
      /tensor a of shape \[2, 3\] cannot have 16 bytes/,
    ],
    ['an entry that is no object', damaged((header) => (header.b = 5)), /entry for b makes no sense/],
  ])('says what is wrong with a file that has %s', async (_, damage, words) => {
    const path = await damage();
    await expect(readSafeTensors(path)).rejects.toThrow(words);
    await expect(readSafeTensors(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(path) as string,
      remedy: expect.stringContaining('another checkpoint') as string,
    });
  });

  test('says that a picture is none, and that a file is not there', async () => {
    const path = join(folder, 'picture.png');
    await writeFile(
      path,
      Buffer.concat([Buffer.from('\x04\0\0\0\0\0\0\0PNG!', 'latin1'), Buffer.alloc(100)]),
    );
    await expect(readSafeTensors(path)).rejects.toThrow(/its header is not JSON/);
    await expect(readSafeTensors(join(folder, 'absent'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
