import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transformer } from '@napi-rs/image';
import { expect, it } from 'vitest';
import { encodePng } from './decode.ts';
import { imageSize } from './image-size.ts';

it('reads the size of PNG, JPEG and other pictures, and says what is wrong with none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-size-'));
  const picture = Transformer.fromRgbaPixels(new Uint8Array(30 * 20 * 4).fill(90), 30, 20);
  const files = {
    'a.jpg': await picture.jpeg(75),
    'b.webp': await picture.webpLossless(),
    'c.png': encodePng({ pixels: new Uint8Array(600), widthPx: 30, heightPx: 20, channels: 1 }),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes);
    expect(await imageSize(join(folder, name), name)).toEqual({ widthPx: 30, heightPx: 20 });
  }
  // An orientation may turn the picture, so a JPEG with EXIF is decoded: this one is turned by 90 degrees.
  const exif = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010006000000000000', 'hex');
  await writeFile(
    join(folder, 'd.jpg'),
    Buffer.concat([files['a.jpg'].subarray(0, 2), exif, files['a.jpg'].subarray(2)]),
  );
  expect(await imageSize(join(folder, 'd.jpg'), 'd.jpg')).toEqual({ widthPx: 20, heightPx: 30 });
  await expect(imageSize(join(folder, 'gone.jpg'), 'gone.jpg')).rejects.toMatchObject({ code: 'not-found' });
  await writeFile(join(folder, 'e.jpg'), 'text');
  await expect(imageSize(join(folder, 'e.jpg'), 'e.jpg')).rejects.toThrow(/e\.jpg is no picture/);
  await rm(folder, { recursive: true });
});
