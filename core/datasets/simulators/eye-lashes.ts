import { toPixel } from './eye-scene.ts';
import type { EyeScene } from './eye-scene.ts';
import type { LidPoint, Lids } from './eye-lids.ts';
import { clamp } from './simulated-image.ts';

/**
 * How much light the lashes let through, 0–1, per fine sample (pixels × supersampling): curved strokes from the
 * lids' edges, those of the upper lid longer, fanned out, and turned down with the lid.
 */
export function drawLashes(
  scene: EyeScene,
  lids: Lids,
  widthPx: number,
  heightPx: number,
  supersampling: number,
): Float32Array {
  const { person, lashRandom: random } = scene;
  const fineWidth = widthPx * supersampling;
  const fineHeight = heightPx * supersampling;
  const through = new Float32Array(fineWidth * fineHeight).fill(1);
  const samplesPerMm = scene.pxPerMm * supersampling;
  // A hair is about 0.12 mm; coarser samples take only part of its darkness.
  const darkness = person.lashDarkness * clamp(0.14 * samplesPerMm, 0.25, 1);
  // Lashes point up from a lid that is open and forward or down from one that hangs.
  const upward = 0.75 - 0.2 * lids.dropMm;

  const stroke = (root: LidPoint, bendX: number, bendY: number, tipX: number, tipY: number): void => {
    const steps = Math.ceil(1.5 * (Math.abs(tipX) + Math.abs(tipY) + 1) * samplesPerMm);
    let lastPlace = -1;
    for (let step = 0; step <= steps; step++) {
      const t = step / steps;
      const x = root.x + 2 * t * (1 - t) * bendX + t * t * tipX;
      const y = root.y + 2 * t * (1 - t) * bendY + t * t * tipY;
      const [imageX, imageY] = toPixel(scene, x, y);
      const column = Math.floor(imageX * supersampling);
      const row = Math.floor(imageY * supersampling);
      if (column < 0 || row < 0 || column >= fineWidth || row >= fineHeight) continue;
      const place = row * fineWidth + column;
      if (place === lastPlace) continue;
      lastPlace = place;
      through[place] *= 1 - darkness * (1 - 0.7 * t);
    }
  };

  for (let hair = 0; hair < person.lashCount; hair++) {
    const t = 0.04 + (0.95 * (hair + random.uniform())) / person.lashCount;
    const length = person.lashLength * random.range(0.6, 1.1) * (0.55 + 0.6 * t);
    const sideways = (t - 0.42) * 1.5 + random.range(-0.15, 0.15);
    const rise = upward + random.range(-0.15, 0.15);
    stroke(
      rootAt(lids.upperEdge, t),
      0.4 * sideways * length,
      length * (0.25 - 0.2 * rise),
      sideways * length,
      -rise * length,
    );
  }
  const lowerCount = Math.round(person.lashCount / 2);
  for (let hair = 0; hair < lowerCount; hair++) {
    const t = 0.22 + (0.75 * (hair + random.uniform())) / lowerCount;
    const length = 0.4 * person.lashLength * random.range(0.6, 1.1);
    const sideways = (t - 0.4) * 1.2 + random.range(-0.2, 0.2);
    stroke(rootAt(lids.lowerEdge, t), 0.2 * sideways * length, 0.6 * length, sideways * length, length);
  }
  return through;
}

function rootAt(edge: readonly LidPoint[], t: number): LidPoint {
  return edge[Math.round(t * (edge.length - 1))];
}
