import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../core/datasets/pixels/decode.ts';
import { simulateHand } from '../../core/datasets/simulators/hand.ts';

const WIDTH_PX = 160;
const HEIGHT_PX = 120;
const HAND_PX = 64;
/** Where the hand stands in the picture. */
const LEFT_PX = 70;
const TOP_PX = 30;

/** How the scene says that nothing was measured, and how far away its wall is. */
export const INVALID_MM = 2001;
export const WALL_MM = 1500;

interface DrawnHands {
  readonly count: number;
  /** grey: 16 bit. green-blue: as NYU Hand Pose packs it. */
  readonly encoding: 'grey' | 'green-blue';
}

/** A folder of depth maps: a hand of 400 to 950 mm before a wall, most of which was not measured. */
export async function drawHands(folder: string, { count, encoding }: DrawnHands): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const name = `hand-${String(index).padStart(3, '0')}.png`;
    await writeFile(join(folder, name), encodeDepth(drawScene(index), encoding));
  }
}

function drawScene(index: number): Uint16Array {
  const hand = simulateHand(1, index, { widthPx: HAND_PX, heightPx: HAND_PX });
  const pixels = new Uint16Array(WIDTH_PX * HEIGHT_PX).fill(INVALID_MM);
  for (let y = 0; y < HEIGHT_PX / 4; y++) pixels.fill(WALL_MM, y * WIDTH_PX, (y + 1) * WIDTH_PX);
  for (let y = 0; y < HAND_PX; y++) {
    for (let x = 0; x < HAND_PX; x++) {
      const depth = hand.pixels[y * HAND_PX + x];
      if (depth > 0) pixels[(TOP_PX + y) * WIDTH_PX + LEFT_PX + x] = depth;
    }
  }
  return pixels;
}

function encodeDepth(pixels: Uint16Array, encoding: DrawnHands['encoding']): Uint8Array {
  const size = { widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
  if (encoding === 'grey') return encodePng({ ...size, pixels, channels: 1 });
  const packed = Uint8Array.from([...pixels].flatMap((value) => [0, value >> 8, value & 255]));
  return encodePng({ ...size, pixels: packed, channels: 3 });
}
