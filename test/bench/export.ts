import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../core/base/random.ts';
import { gazeFromAngles } from '../../core/contract/annotation.ts';
import { exportDataset, type ExportOptions } from '../../core/datasets/exporters/export-dataset.ts';
import type { ExportSample } from '../../core/datasets/exporters/export-sample.ts';
import { verifyExport } from '../../core/datasets/exporters/verify-export.ts';

/**
 * Speed of exporting eyes of 55 × 35 pixels with gaze in all formats, of resuming a finished export, and of verifying
 * it: `node test/bench/export.ts [images] [folder]`. Every image is flushed to the disk, so the disk counts.
 */
const COUNT = Number(process.argv[2] ?? 10_000);
const WIDTH_PX = 55;
const HEIGHT_PX = 35;

const random = createRandom(1, 'export bench');

/** Smooth shading with sensor noise compresses about as an eye does; a hundred pictures are enough. */
const pictures = Array.from({ length: 100 }, (_, picture) =>
  Uint8Array.from({ length: WIDTH_PX * HEIGHT_PX }, (_value, place) => {
    const shade = 128 + 60 * Math.sin((place % WIDTH_PX) / 9 + picture) + 40 * Math.cos(place / WIDTH_PX / 7);
    return Math.max(0, Math.min(255, Math.round(shade + 3 * random.normal())));
  }),
);

function sampleAt(index: number): ExportSample {
  return {
    id: index + 1,
    name: String(index).padStart(7, '0'),
    split: index % 5 === 0 ? 'test' : 'train',
    widthPx: WIDTH_PX,
    heightPx: HEIGHT_PX,
    channels: 1,
    bitDepth: 8,
    pixels: pictures[index % pictures.length],
    annotations: [gazeFromAngles(random.range(-0.5, 0.5), random.range(-0.6, 0.6))],
    source: { path: `synthetic/${index}.png`, sha256: String(index).padStart(64, '0') },
    change: { meanAbsGreyLevels: 3.2, discriminatorScore: 0.4, driftPx: 0.3, alpha: 1 },
  };
}

async function* samples(): AsyncGenerator<ExportSample> {
  for (let index = 0; index < COUNT; index++) yield await Promise.resolve(sampleAt(index));
}

const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'export-bench-'));

const options: ExportOptions = {
  formats: ['jsonl', 'csv', 'coco'],
  existing: 'resume',
  total: COUNT,
  header: {
    programVersion: 'bench',
    libraryName: 'bench',
    runName: 'bench',
    step: 0,
    checkpointSha256: '',
    config: {},
    selection: 'all',
    gazeConvention: '',
    licenceNote: '',
    createdAt: '',
  },
};

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  const seconds = (performance.now() - startMs) / 1000;
  const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  const rate = `${Math.round(COUNT / seconds)} images/s`;
  const cpu = `${((user + system) / 1e6).toFixed(2)} s of CPU`;
  console.log(
    `${what.padEnd(26)} ${rate.padStart(15)} ${seconds.toFixed(2).padStart(8)} s ${cpu.padStart(16)} ${memoryMb} MB resident`,
  );
}

try {
  console.log(`${COUNT} images of ${WIDTH_PX} × ${HEIGHT_PX} px`);
  await time('export', () => exportDataset(folder, samples(), options));
  await time('resume, all there already', () => exportDataset(folder, samples(), options));
  await time('verify', async () => {
    const { isIntact } = await verifyExport(folder);
    if (!isIntact) throw new Error('The export is not intact.');
  });
} finally {
  rmSync(folder, { recursive: true });
}
