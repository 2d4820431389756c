import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';

const WIDTH_PX = 55;
const HEIGHT_PX = 35;

/** How a label relates to what is drawn: `mirrored` has left and right exchanged. */
interface DrawnEyes {
  readonly count: number;
  /** How many of the files are damaged: cut off, empty, or no picture at all. */
  readonly broken: number;
  readonly mirrored: boolean;
}

/**
 * A folder of eyes whose pupils stand where they look, with labels.csv (pitch_rad, yaw_rad): the yaw of `place` is
 * `yawOf(place)`, toward the left edge where it is positive.
 */
export async function drawEyes(folder: string, { count, broken, mirrored }: DrawnEyes): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = ['file,pitch_rad,yaw_rad'];
  for (let place = 0; place < count; place++) {
    const file = `eye-${String(place).padStart(3, '0')}.png`;
    const yawRad = yawOf(place);
    await writeFile(join(folder, file), damaged(drawEye(yawRad, place), place < broken ? place : undefined));
    lines.push(`${file},0,${mirrored ? -yawRad : yawRad}`);
  }
  await writeFile(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
}

/** From −0.5 to 0.5, never 0. */
export const yawOf = (place: number): number => ((place % 10) - 4.5) / 9;

function drawEye(yawRad: number, place: number): Uint8Array {
  const pixels = new Uint8Array(WIDTH_PX * HEIGHT_PX);
  const pupilX = WIDTH_PX / 2 - yawRad * 20;
  for (let y = 0; y < HEIGHT_PX; y++) {
    for (let x = 0; x < WIDTH_PX; x++) {
      const distance = Math.hypot(x - pupilX, y - HEIGHT_PX / 2);
      const isEye = ((x - WIDTH_PX / 2) / 25) ** 2 + ((y - HEIGHT_PX / 2) / 12) ** 2 < 1;
      // Every file has other bytes, so that none is a duplicate.
      pixels[y * WIDTH_PX + x] = distance < 4 ? 20 : distance < 9 ? 110 : isEye ? 225 : 150 + (place % 60);
    }
  }
  pixels[0] = place % 256;
  return encode({ width: WIDTH_PX, height: HEIGHT_PX, data: pixels, channels: 1, depth: 8 });
}

/** In one of three ways. */
function damaged(png: Uint8Array, way: number | undefined): Uint8Array {
  if (way === undefined) return png;
  if (way % 3 === 0) return png.subarray(0, Math.floor(png.length / 2));
  if (way % 3 === 1) return new Uint8Array(0);
  return new TextEncoder().encode('This is no picture.');
}
