import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseEngine, type StepProbe } from './choose-engine.ts';

let folder: string;
const cacheBefore = process.env.XDG_CACHE_HOME;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-engines-'));
  process.env.XDG_CACHE_HOME = folder;
});
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  await rm(folder, { recursive: true });
});

/** A step written to a module of its own, as another room would hand it in. */
async function stepModule(name: string, source: string): Promise<StepProbe> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, source);
  return { module: pathToFileURL(path).href, parameters: { pauseMs: 5 } };
}

describe('choosing an engine', { timeout: 60_000 }, () => {
  test('takes one that computes rightly, says why, and remembers its speed', async () => {
    const trace = join(folder, 'trace');
    const probe = await stepModule(
      'counted',
      `import { appendFileSync } from 'node:fs';
       export function createProbeStep({ pauseMs }) {
         appendFileSync(${JSON.stringify(trace)}, 'built\\n');
         return () => new Promise((resolve) => setTimeout(resolve, pauseMs));
       }`,
    );
    const choice = await chooseEngine({ preference: 'wasm', probe });
    expect(choice.name).toBe('wasm');
    expect(choice.reason).toMatch(
      /^It was asked for \(wasm on CPU, \d+ threads?, [\d.]+ probe steps\/s\)\.$/,
    );
    const [report] = choice.reports;
    expect(report).toMatchObject({ name: 'wasm', state: 'works', deterministic: true });
    const again = await chooseEngine({ preference: 'wasm', probe });
    expect(again).toEqual(choice);
    expect(await readFile(trace, 'utf8')).toBe('built\n');
  });

  test('reports an engine whose process dies', async () => {
    const probe = await stepModule(
      'dying',
      `export function createProbeStep() {
         return () => { console.error('driver fell over'); process.exit(3); };
       }`,
    );
    await expect(chooseEngine({ preference: 'wasm', probe })).rejects.toMatchObject({
      code: 'engine',
      message: 'The engine "wasm" cannot be used: its process ended with code 3: driver fell over.',
    });
  });
});
