import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Transformer } from '@napi-rs/image';
import { encode } from 'fast-png';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import { decodeImage, encodePng } from './decode.ts';
import { imageSize } from './image-size.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-decode-'));
});
afterAll(async () => rm(folder, { recursive: true }));

/** 16 × 8, four quarters of grey 0, 85, 170, 255. */
function quarters(): Transformer {
  const rgba = new Uint8Array(16 * 8 * 4).fill(255);
  for (let index = 0; index < 16 * 8; index++) {
    const value = (index % 16 < 8 ? 0 : 85) + (index < 16 * 4 ? 0 : 170);
    rgba.fill(value, index * 4, index * 4 + 3);
  }
  return Transformer.fromRgbaPixels(rgba, 16, 8);
}

/** An APP1 segment that holds nothing but an orientation (EXIF 2.3, tag 0x112), big-endian. */
function exifSegment(orientation: number): Buffer {
  const segment = Buffer.alloc(36);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(34, 2);
  segment.write('Exif\0\0MM', 4, 'latin1');
  segment.writeUInt16BE(42, 12);
  segment.writeUInt32BE(8, 14);
  segment.writeUInt16BE(1, 18);
  segment.writeUInt16BE(0x112, 20);
  segment.writeUInt16BE(3, 22);
  segment.writeUInt32BE(1, 24);
  segment.writeUInt16BE(orientation, 28);
  return segment;
}

/** The picture with an eXIf chunk after its header. */
function withPngExif(png: Uint8Array, exif: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + exif.length);
  chunk.writeUInt32BE(exif.length, 0);
  chunk.write('eXIf', 4, 'latin1');
  chunk.set(exif, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + exif.length)), 8 + exif.length);
  const headerEnd = 8 + 25;
  return Buffer.concat([png.subarray(0, headerEnd), chunk, png.subarray(headerEnd)]);
}

/** The picture in the extended layout: VP8X, its own chunk, EXIF. */
function withWebpExif(webp: Uint8Array, exif: Uint8Array): Uint8Array {
  const extended = Buffer.from('565038580a000000080000000f0000070000', 'hex');
  const chunk = Buffer.alloc(8 + exif.length);
  chunk.write('EXIF', 0, 'latin1');
  chunk.writeUInt32LE(exif.length, 4);
  chunk.set(exif, 8);
  const body = Buffer.concat([Buffer.from('WEBP'), extended, webp.subarray(12), chunk]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** An uncompressed little-endian TIFF file of 2 × 1 grey pixels; the sample format is 1 whole, 2 signed, 3 float. */
function tiff({ bits, format, pages = 1 }: { bits: number; format: number; pages?: number }): Uint8Array {
  const dataBytes = (2 * bits) / 8;
  const tags = [
    [256, 2],
    [257, 1],
    [258, bits],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 1],
    [279, dataBytes],
    [339, format],
  ];
  const directoryBytes = 2 + 12 * tags.length + 4;
  const file = Buffer.alloc(8 + dataBytes + pages * directoryBytes);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(8 + dataBytes, 4);
  for (let page = 0; page < pages; page++) {
    const start = 8 + dataBytes + page * directoryBytes;
    file.writeUInt16LE(tags.length, start);
    tags.forEach(([tag, value], place) => {
      const entry = start + 2 + 12 * place;
      file.writeUInt16LE(tag, entry);
      file.writeUInt16LE(4, entry + 2);
      file.writeUInt32LE(1, entry + 4);
      file.writeUInt32LE(value, entry + 8);
    });
    const next = page + 1 < pages ? start + directoryBytes : 0;
    file.writeUInt32LE(next, start + directoryBytes - 4);
  }
  return file;
}

describe('PNG', () => {
  it('gives back what was encoded, 8 and 16 bit, grey and colour', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom<1 | 3>(1, 3),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 0, max: 65535 })),
        async (widthPx, heightPx, channels, deep, values) => {
          const length = widthPx * heightPx * channels;
          const drawn = [...values.take(length)];
          const pixels = deep ? Uint16Array.from(drawn) : Uint8Array.from(drawn);
          const decoded = await decodeImage(encodePng({ pixels, widthPx, heightPx, channels }), 'x.png');
          expect(decoded).toMatchObject({ widthPx, heightPx, channels, bitDepth: deep ? 16 : 8 });
          expect(decoded.pixels).toEqual(pixels);
        },
      ),
      { numRuns: propertyRuns(50) },
    );
  });

  it('reads alpha, palettes and few bits', async () => {
    const greyAlpha = encode({
      width: 2,
      height: 1,
      channels: 2,
      depth: 8,
      data: Uint8Array.of(7, 255, 9, 0),
    });
    expect(await decodeImage(greyAlpha)).toMatchObject({ channels: 2, pixels: Uint8Array.of(7, 255, 9, 0) });

    const palette = [
      [1, 2, 3],
      [200, 100, 50],
    ];
    const indexed = encode({
      width: 3,
      height: 1,
      channels: 1,
      depth: 8,
      data: Uint8Array.of(1, 0, 1),
      palette,
    });
    const decoded = await decodeImage(indexed);
    expect(decoded).toMatchObject({ channels: 3, bitDepth: 8 });
    expect([...decoded.pixels]).toEqual([200, 100, 50, 1, 2, 3, 200, 100, 50]);

    const oneBit = encode({
      width: 9,
      height: 2,
      channels: 1,
      depth: 1,
      data: Uint8Array.of(0xaa, 0x80, 0x55, 0),
    });
    expect([...(await decodeImage(oneBit)).pixels].map((value) => value / 255)).toEqual(
      [1, 0, 1, 0, 1, 0, 1, 0, 1].concat([0, 1, 0, 1, 0, 1, 0, 1, 0]),
    );
    const fourBits = encode({ width: 3, height: 1, channels: 1, depth: 4, data: Uint8Array.of(0x0f, 0x80) });
    expect([...(await decodeImage(fourBits)).pixels]).toEqual([0, 255, 136]);
  });

  it('says truncated when cut anywhere and damaged when a byte of the pixels has changed', async () => {
    const pixels = Uint8Array.from({ length: 40 * 30 }, (_, index) => (index * 37) % 251);
    const whole = encodePng({ pixels, widthPx: 40, heightPx: 30, channels: 1 });
    for (const length of [3, 9, 30, 60, whole.length >> 1, whole.length - 1]) {
      await expect(decodeImage(whole.subarray(0, length), 'eye.png')).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('eye.png') as string,
      });
    }
    const damaged = Uint8Array.from(whole);
    damaged[whole.length >> 1] ^= 1;
    await expect(decodeImage(damaged, 'eye.png')).rejects.toThrow(/eye\.png is damaged/);
  });
});

describe('other pictures', () => {
  it('are read by content, whatever the name', async () => {
    const path = join(folder, 'straße 1.PNG');
    await writeFile(path, await quarters().jpeg(100));
    const decoded = await decodeImage(path);
    expect(decoded).toMatchObject({ widthPx: 16, heightPx: 8, channels: 3, bitDepth: 8 });
    expect(decoded.decoder).toMatch(/^@napi-rs\/image \d+\.\d+\.\d+$/);
    for (const bytes of [await quarters().webpLossless(), await quarters().bmp(), await quarters().tiff()]) {
      const { pixels, channels } = await decodeImage(bytes);
      expect([0, 15, 127].map((index) => pixels[index * channels])).toEqual([0, 85, 255]);
    }
  });

  it('keep 16 bit', async () => {
    const pixels = Uint16Array.of(0, 257, 4711, 65535);
    const png = encodePng({ pixels, widthPx: 2, heightPx: 2, channels: 1 });
    const decoded = await decodeImage(await new Transformer(png).tiff(), 'depth.tif');
    expect(decoded).toMatchObject({ channels: 1, bitDepth: 16, pixels });
  });

  // The corners of the upright picture, row by row, as EXIF 2.3 defines the eight orientations.
  it.each([
    [1, [0, 85, 170, 255]],
    [2, [85, 0, 255, 170]],
    [3, [255, 170, 85, 0]],
    [4, [170, 255, 0, 85]],
    [5, [0, 170, 85, 255]],
    [6, [170, 0, 255, 85]],
    [7, [255, 85, 170, 0]],
    [8, [85, 255, 0, 170]],
  ])('are turned upright from EXIF orientation %i', async (orientation, corners) => {
    const jpeg = await quarters().jpeg(100);
    const turned = Buffer.concat([jpeg.subarray(0, 2), exifSegment(orientation), jpeg.subarray(2)]);
    const { pixels, widthPx, heightPx, channels } = await decodeImage(turned);
    expect([widthPx, heightPx]).toEqual(orientation >= 5 ? [8, 16] : [16, 8]);
    const places = [0, widthPx - 1, (heightPx - 1) * widthPx, heightPx * widthPx - 1];
    places.forEach((place, corner) => {
      expect(Math.abs(pixels[place * channels] - corners[corner])).toBeLessThan(6);
    });
  });

  it.each([
    [1, [0, 85, 170, 255]],
    [2, [85, 0, 255, 170]],
    [3, [255, 170, 85, 0]],
    [4, [170, 255, 0, 85]],
    [5, [0, 170, 85, 255]],
    [6, [170, 0, 255, 85]],
    [7, [255, 85, 170, 0]],
    [8, [85, 255, 0, 170]],
  ])('are turned upright from orientation %i of a PNG and a WebP file', async (orientation, corners) => {
    const exif = exifSegment(orientation).subarray(10);
    const files = [
      withPngExif(await quarters().png(), exif),
      withWebpExif(await quarters().webpLossless(), exif),
    ];
    for (const bytes of files) {
      const path = join(folder, `turned ${orientation}`);
      await writeFile(path, bytes);
      const { pixels, widthPx, heightPx, channels } = await decodeImage(bytes);
      expect([widthPx, heightPx]).toEqual(orientation >= 5 ? [8, 16] : [16, 8]);
      expect(await imageSize(path, 'turned')).toEqual({ widthPx, heightPx });
      const places = [0, widthPx - 1, (heightPx - 1) * widthPx, heightPx * widthPx - 1];
      expect(places.map((place) => pixels[place * channels])).toEqual(corners);
    }
  });

  it('of AVIF, PGM and PPM are read, and say where white is not what is expected', async () => {
    const avif = await decodeImage(await quarters().avif({ quality: 100 }));
    expect(avif).toMatchObject({ widthPx: 16, heightPx: 8 });
    expect(avif.pixels[127 * avif.channels]).toBeGreaterThan(245);
    const pgm = (header: string, ...values: number[]) =>
      Buffer.concat([Buffer.from(header), Buffer.from(values)]);
    expect(await decodeImage(pgm('P5\n# made by hand\n2 1\n255\n', 7, 200))).toMatchObject({
      channels: 1,
      pixels: Uint8Array.of(7, 200),
    });
    expect(await decodeImage(pgm('P5 2 1 65535\n', 0x12, 0x34, 0xab, 0xcd))).toMatchObject({
      bitDepth: 16,
      pixels: Uint16Array.of(0x1234, 0xabcd),
    });
    expect(await decodeImage(pgm('P6 1 1 255\n', 1, 2, 3))).toMatchObject({ channels: 3 });
    await expect(decodeImage(pgm('P5 1 1 4000\n', 3, 232), 'a.pgm')).rejects.toThrow(
      /a\.pgm has 4000 for white/,
    );
  });

  it('of TIFF that are not read are refused with what they hold', async () => {
    const cases = [
      [tiff({ bits: 32, format: 3 }), /holds pixels of a kind that is not read/],
      [tiff({ bits: 16, format: 2 }), /holds pixels of a kind that is not read/],
      [tiff({ bits: 32, format: 1 }), /holds pixels of a kind that is not read/],
      [tiff({ bits: 8, format: 1, pages: 2 }), /holds 2 pages/],
    ] as const;
    for (const [bytes, reason] of cases) await expect(decodeImage(bytes, 'a.tif')).rejects.toThrow(reason);
    expect(await decodeImage(tiff({ bits: 8, format: 1 }))).toMatchObject({ widthPx: 2, heightPx: 1 });
  });

  it('are refused with the file and the reason', async () => {
    const jpeg = await quarters().jpeg(90);
    const refused = async (bytes: Uint8Array, name: string, reason: RegExp) =>
      expect(decodeImage(bytes, name)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(reason) as string,
        details: { path: name },
      });
    await refused(new Uint8Array(0), 'a/0.jpg', /^a\/0\.jpg is empty/);
    await refused(jpeg.subarray(0, jpeg.length - 40), 'a/1.jpg', /^a\/1\.jpg is truncated/);
    await refused(jpeg.subarray(0, 20), 'a/2.jpg', /^a\/2\.jpg is truncated/);
    await refused(Buffer.from('not a picture at all'), 'a/3.jpg', /^a\/3\.jpg is no picture of a known kind/);
    const bmp = await quarters().bmp();
    await refused(bmp.subarray(0, bmp.length >> 1), 'a/4.bmp', /^a\/4\.bmp is truncated or damaged/);
    const huge = Uint8Array.from(
      encodePng({ pixels: new Uint8Array(1), widthPx: 1, heightPx: 1, channels: 1 }),
    );
    new DataView(huge.buffer).setUint32(16, 2_000_000);
    new DataView(huge.buffer).setUint32(20, 1_000);
    await refused(huge, 'a/5.png', /^a\/5\.png is too large: 2000000 × 1000/);
    await expect(decodeImage(join(folder, 'gone.png'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(decodeImage(folder)).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe.skipIf(!existsSync(SHARED))('real files (skipped where ../shared/data is absent)', () => {
  it('decodes SynthesEyes as RGBA 120 × 80', async () => {
    const files = (await readdir(join(SHARED, 'syntheseyes'))).filter((name) => name.endsWith('.png'));
    for (const file of files.slice(0, 10)) {
      expect(await decodeImage(join(SHARED, 'syntheseyes', file))).toMatchObject({
        widthPx: 120,
        heightPx: 80,
        channels: 4,
        bitDepth: 8,
      });
    }
  });
});
