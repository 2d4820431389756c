import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactSheet } from '../../core/datasets/pixels/contact-sheet.ts';
import { photograph } from '../../core/datasets/simulators/camera.ts';
import { senseDepth } from '../../core/datasets/simulators/depth-sensor.ts';
import { simulateEye } from '../../core/datasets/simulators/eye.ts';
import { simulateHand } from '../../core/datasets/simulators/hand.ts';
import type { SimulatedImage } from '../../core/datasets/simulators/simulated-image.ts';

/**
 * Speed of the simulators on one core: `node test/bench/simulators.ts`. What is promised: 300 eyes/s or more at 55×35.
 * Given per second of processor time, which a busy machine changes little, and per second of the clock. With a folder,
 * `node test/bench/simulators.ts sheets`, it also writes contact sheets there to look at.
 */
const large = { widthPx: 240, heightPx: 152, channels: 3 } as const;
const people = { population: 'camera', people: 15 };

const subjects: readonly [name: string, make: (index: number) => SimulatedImage, scale: number][] = [
  ['eyes', (index) => simulateEye(1, index), 4],
  ['camera-eyes', (index) => photograph(simulateEye(1, index, people), 1, index), 4],
  ['large-eyes', (index) => simulateEye(1, index, large), 1],
  ['hands', (index) => simulateHand(1, index), 2],
  ['sensed-hands', (index) => senseDepth(simulateHand(1, index), 1, index), 2],
];

const sheetFolder = process.argv[2];
if (sheetFolder) mkdirSync(sheetFolder, { recursive: true });

for (const [name, make, scale] of subjects) {
  for (let index = 0; index < 40; index++) make(index);
  const images: SimulatedImage[] = [];
  const start = performance.now();
  const startUsage = process.cpuUsage();
  while (performance.now() - start < 2000) images.push(make(images.length));
  const clockSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(startUsage);
  const rate = (seconds: number): string => (images.length / seconds).toFixed(0).padStart(6);
  const { widthPx, heightPx, channels, bitDepth } = images[0];
  const format = `${widthPx}×${heightPx}×${channels}, ${bitDepth} bit`;
  console.log(
    `${name.padEnd(14)} ${format.padEnd(20)} ${rate((user + system) / 1e6)} images/s of processor ${rate(clockSeconds)} by the clock`,
  );
  if (!sheetFolder) continue;
  writeFileSync(join(sheetFolder, `${name}.png`), contactSheet(images.slice(0, 48), { scale, columns: 8 }));
}
