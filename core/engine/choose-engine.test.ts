import { link, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../base/cache-folder.ts';
import { chooseEngine, type StepProbe } from './choose-engine.ts';
import { probeEngine } from './probe/probe-engine.ts';

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

/** Nothing is known of the engine yet. */
const unknown = { recall: () => undefined, onCheck: () => undefined };

describe('choosing an engine', { timeout: 240_000 }, () => {
  test('takes the one that is asked for if it computes rightly, however slow it may be', async () => {
    const probe = await stepModule(
      'never',
      'export function createProbeStep() { throw new Error("Nobody asked for its speed."); }',
    );
    const waits: string[] = [];
    const choose = () => chooseEngine({ preference: 'wasm', probe, onWait: (text) => void waits.push(text) });
    const choice = await choose();
    expect(choice.reason).toBe('It was asked for.');
    expect(choice.reports).toMatchObject([{ name: 'wasm', state: 'works', stepsPerSecond: undefined }]);
    expect(waits).toEqual([expect.stringMatching(/^Checking the numbers of wasm on CPU, /)]);
    const old = join(folder, 'old');
    await link(join(cacheFolder(), 'engine-speed.json'), old);
    expect(await choose()).toEqual(choice);
    expect(waits).toHaveLength(1);
    // What was measured is replaced as a whole: written in place, the file would still have both names.
    expect((await stat(old)).nlink).toBe(1);
  });

  test('takes the fastest that computes rightly, says why, and remembers its speed', async () => {
    const trace = join(folder, 'trace');
    const probe = await stepModule(
      'counted',
      `import { appendFileSync } from 'node:fs';
       export function createProbeStep({ pauseMs }) {
         appendFileSync(${JSON.stringify(trace)}, 'built\\n');
         return () => new Promise((resolve) => setTimeout(resolve, pauseMs));
       }`,
    );
    const choice = await chooseEngine({ preference: 'auto', probe });
    expect(choice.reason).toMatch(
      /^The fastest that computes rightly here: \w+ on CPU, \d+ threads?, [\d.]+ probe steps\/s\./,
    );
    const wasm = choice.reports.find(({ name }) => name === 'wasm');
    expect(wasm).toMatchObject({ state: 'works', deterministic: true });
    const built = await readFile(trace, 'utf8');
    expect(await chooseEngine({ preference: 'auto', probe })).toEqual(choice);
    expect(await readFile(trace, 'utf8')).toBe(built);
    const asked = await chooseEngine({ preference: 'wasm', probe });
    // Nobody who asks for one waits for its speed; what is known is told.
    expect(asked.reports).toMatchObject([
      { stepsPerSecond: wasm?.state === 'works' ? wasm.stepsPerSecond : 0 },
    ]);
  });

  test('waits for no speed longer than its limit: the numbers are right all the same', async () => {
    const step = await stepModule(
      'slow',
      'export function createProbeStep() { return () => new Promise(() => setInterval(() => {}, 1000)); }',
    );
    const result = await probeEngine('wasm', { ...unknown, step: { ...step, limitMs: 200 } });
    expect(result).toMatchObject({ found: true, measurement: { stepsPerSecond: 0 } });
  });

  test('reports an engine whose process dies', async () => {
    const step = await stepModule(
      'dying',
      `export function createProbeStep() {
         return () => { console.error('driver fell over'); process.exit(3); };
       }`,
    );
    expect(await probeEngine('wasm', { ...unknown, step })).toMatchObject({
      found: false,
      reason: 'its process ended with code 3: driver fell over',
    });
  });
});
