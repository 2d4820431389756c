import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { studioWithEyes, type TestStudio } from '../../test/support/studio.ts';
import { preprocessingSchema, type Preprocessing } from '../contract/preprocessing.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { presets } from '../simgan/presets.ts';
import { quoteForShell, trainCommandLine } from '../studio/training/train-command-line.ts';
import { defaultPreprocessing, preprocessingFor } from '../studio/training/training-data.ts';
import { addEngineOptions, engineWish } from './engine-options.ts';
import { addNewRunOptions, configFrom, requestFrom } from './new-run-options.ts';
import { addTrainingFlags } from './training-flags.ts';

let studio: TestStudio;
beforeAll(async () => {
  studio = await studioWithEyes(4);
});
afterAll(() => studio[Symbol.dispose]());

/** What `simgan train` makes of a line, as a shell hands it over. */
async function trainedBy(line: string) {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
  expect(words.slice(0, 2)).toEqual(['simgan', 'train']);
  const command = addTrainingFlags(addEngineOptions(addNewRunOptions(new Command())))
    .option('--library <path>')
    .option('--name <name>');
  const options = command.parse(words.slice(2), { from: 'user' }).opts();
  expect(options.library).toBe(studio.library.folder);
  const config = await configFrom(options);
  return { ...(await requestFrom(studio.library, config, options, () => undefined)), ...engineWish(options) };
}

function lineOf(
  config: TrainingConfig,
  changes: { readonly name?: string; readonly preprocessing?: Preprocessing; readonly threads?: number } = {},
): string {
  const { library } = studio;
  const { synthetic, real } = studio.request();
  const { name = null, threads = null } = changes;
  const preprocessing = changes.preprocessing ?? defaultPreprocessing(config, synthetic);
  const engine = threads === null ? 'auto' : 'wasm';
  const order = { config, name, synthetic, real, preprocessing, engine, threads };
  return quoteForShell(trainCommandLine(library, order), 'linux');
}

describe('a training as a command line is the same training', () => {
  test.each(presets.map(({ name, config }) => ({ name, config })))(
    'of the preset $name',
    async ({ name, config }) => {
      const line = lineOf(config);
      expect(line.endsWith(`--preset ${name}`)).toBe(true);
      expect((await trainedBy(line)).config).toEqual(config);
    },
  );

  test('with fields that differ, of every kind, and hostile names', async () => {
    const config: TrainingConfig = {
      ...presets[2].config,
      lambda: 1e-7,
      history: false,
      psi: 'derivatives',
      discriminatorLayers: '3x3/2:8 pool3x3/1 1x1:4',
      kg: 50,
    };
    const name = `it's "$(rm -rf /)" \`x\` \\ ; --lambda 3\n…`;
    const trained = await trainedBy(lineOf(config, { name, threads: 3 }));
    expect(trained).toMatchObject({ config, name, engine: 'wasm', threads: 3 });
    expect(trained.synthetic.name).toBe('drawn');
    expect(lineOf(config).match(/--/g)).toHaveLength(7);
  });

  test.each([
    ['equalised', preprocessingFor(presets[0].config, 'both', undefined), '--equalise both'],
    [
      'padded, which no plain flag says',
      preprocessingSchema.parse({
        ...preprocessingFor(presets[0].config, 'none', undefined),
        fit: 'contain',
      }),
      '--preprocessing',
    ],
    [
      'depth of another window',
      preprocessingFor(presets[0].config, 'none', { foregroundOffsetMm: 300, windowMm: 500 }),
      '--depth-offset 300 --depth-window 500',
    ],
  ])('with images %s', async (_, preprocessing, flag) => {
    const line = lineOf(presets[0].config, { preprocessing });
    expect(line).toContain(flag);
    // The eyes of this library are no depth maps: there the window cannot come back.
    if (!preprocessing.depth) expect((await trainedBy(line)).preprocessing).toEqual(preprocessing);
  });

  test('names datasets only where there are several', async () => {
    const { library } = studio;
    expect(lineOf(presets[0].config)).not.toContain('drawn');
    const { synthetic } = studio.request();
    const other = library.datasets.add({ ...synthetic, name: 'other ones', rootPath: library.folder });
    expect(lineOf(presets[0].config)).toContain('--synthetic drawn');
    expect((await trainedBy(lineOf(presets[0].config))).synthetic.name).toBe('drawn');
    library.datasets.remove(other.id);
  });
});

test('PowerShell has quotes of its own', () => {
  expect(quoteForShell(['a b', "it's", 'plain'], 'win32')).toBe("'a b' 'it''s' plain");
});
