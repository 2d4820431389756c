import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENGINE_NAMES, type EngineName } from '../../core/engine/engine-names.ts';
import { openLibrary, type Library } from '../../core/library/library.ts';
import { renderCurves } from '../../core/studio/report/curves.ts';
import { renderDocument } from '../../core/studio/report/document.ts';
import { html, markupOf } from '../../core/studio/report/html.ts';
import { engineEnvironment } from '../support/engine-process.ts';

/**
 * The same training with the same seed on every engine, by the command line: `npm run bench -- engines-agree [steps]
 * [page.html]`. Writes a page with the curves of all of them in one picture, and says how far they are apart. The GPU of
 * `webgpu` is simulated where Chromium brings SwiftShader.
 */
const [stepText = '60', page = join(tmpdir(), 'engines-agree.html')] = process.argv.slice(2);
const METRICS = [
  ['refiner.loss', 'Refiner loss', 'nats per patch'],
  ['refiner.change', 'Mean change', 'grey levels'],
  ['discriminator.loss', 'Discriminator loss', 'nats per patch'],
  ['discriminator.gradientNorm', 'Discriminator gradient norm', ''],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'engines-agree-'));
const libraryFolder = join(folder, 'agree.simgan');

function simgan(environment: NodeJS.ProcessEnv, ...args: string[]): boolean {
  const entry = join(import.meta.dirname, '../../core/host/simgan.cjs');
  const { status, stderr } = spawnSync(process.execPath, [entry, ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) console.log(stderr.trim().split('\n').slice(-2).join('\n'));
  return status === 0;
}

function pointsOf(library: Library, engine: EngineName, metric: string): (readonly [number, number])[] {
  const run = library.runs.byName(engine);
  if (!run) throw new Error(`There is no run on ${engine}.`);
  const { steps, mean } = library.runMetrics.series(run.id, metric);
  return steps.map((step, index) => [step, mean[index]]);
}

try {
  simgan(process.env, 'init', libraryFolder);
  const inLibrary = ['--library', libraryFolder];
  simgan(process.env, 'simulate', 'eye', '--count', '200', ...inLibrary);
  simgan(process.env, 'simulate', 'eye', '--look', 'camera', '--count', '200', ...inLibrary);
  const config = JSON.stringify({ steps: Number(stepText), evaluationEvery: 0 });
  const trained = ENGINE_NAMES.filter((name) => {
    const options = ['--preset', 'test', '--config', config, '--engine', name, '--name', name];
    return simgan(engineEnvironment(name), 'train', ...options, ...inLibrary);
  });
  const library = openLibrary(libraryFolder, { access: 'read' });
  const curves = METRICS.map(([metric, title, unit]) => ({
    title,
    unit,
    series: trained.map((label) => ({ label, points: pointsOf(library, label, metric) })),
  }));
  library.close();
  for (const { title, series } of curves) {
    const [first, ...others] = series;
    const scale = Math.max(...first.points.map(([, value]) => Math.abs(value)));
    for (const { label, points } of others) {
      const apart = points.map(([, value], index) => Math.abs(value - first.points[index][1]) / scale);
      const worst = Math.max(...apart);
      console.log(
        `${title}: ${label} and ${first.label} at most ${worst.toExponential(1)} apart (of the largest value), at step ${points[apart.indexOf(worst)][0]}`,
      );
    }
  }
  const title = 'One seed on every engine';
  const content = html`<h1>${title}</h1>
    ${renderCurves(curves)}`;
  writeFileSync(page, markupOf(renderDocument(title, content)));
  console.log(`The curves in one picture: ${resolve(page)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
