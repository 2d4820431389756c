import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';

const WIDTH_PX = 55;
const HEIGHT_PX = 35;

/** How a label relates to what is drawn: `mirrored` has left and right exchanged. */
interface DrawnEyes {
  readonly count: number;
  /** How many of the first are broken, each in a way of its own: see `WAYS`. */
  readonly broken: number;
  readonly mirrored: boolean;
  /** What the angles are in; degrees stand in columns that do not say so. */
  readonly unit?: 'radians' | 'degrees';
}

/**
 * A folder of eyes whose pupils stand where they look, with labels.csv (pitch_rad, yaw_rad): the yaw of `place` is
 * `yawOf(place)`, toward the left edge where it is positive.
 */
export async function drawEyes(
  folder: string,
  { count, broken, mirrored, unit = 'radians' }: DrawnEyes,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = [unit === 'radians' ? 'file,pitch_rad,yaw_rad' : 'file,pitch,yaw'];
  const perRadian = unit === 'radians' ? 1 : 180 / Math.PI;
  for (let place = 0; place < count; place++) {
    const file = `eye-${String(place).padStart(3, '0')}.png`;
    const yawRad = yawOf(place);
    const whole = { png: drawEye(yawRad, place), label: `0,${(mirrored ? -yawRad : yawRad) * perRadian}` };
    const { png, label } = place < broken ? { ...whole, ...WAYS[place % WAYS.length](whole.png) } : whole;
    if (png) await writeFile(join(folder, file), png);
    if (label !== undefined) lines.push(`${file},${label}`);
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

interface Broken {
  /** Undefined: there is no such file. */
  readonly png?: Uint8Array | undefined;
  /** Undefined: the table does not list it. */
  readonly label?: string | undefined;
}

/** How a picture or its label can be broken, so that it is left out with one line in the report. */
const WAYS: readonly ((png: Uint8Array) => Broken)[] = [
  // Cut off, empty, a text with the wrong extension.
  (png) => ({ png: png.subarray(0, Math.floor(png.length / 2)) }),
  () => ({ png: new Uint8Array(0) }),
  () => ({ png: new TextEncoder().encode('This is no picture.') }),
  // No label, one that is no number, one that looks out of the back of the head; no picture.
  () => ({ label: undefined }),
  () => ({ label: '0,nan' }),
  () => ({ label: '0,4' }),
  () => ({ png: undefined }),
];
