import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { libraryWithEyes, QUICK } from '../support/eyes.ts';
import { simgan, simganJson } from '../support/simgan.ts';

const reportSchema = z.object({
  probe: z.number(),
  rankedBy: z.string(),
  results: z.array(z.object({ name: z.string(), status: z.string(), step: z.number() })),
  sheet: z.string(),
});

it('tries settings against each other, shows which did what, and goes on with the one that is picked', async () => {
  const library = await libraryWithEyes(12);
  const lists = ['--lambda', '0.01,1', '--kg', '1,2', '--steps', '10', '--slice', '5'];
  const report = reportSchema.parse(await simganJson(library, 'probe', ...QUICK, ...lists));
  expect(report.results.map(({ name, status, step }) => [name, status, step]).sort()).toEqual([
    ['probe 1 λ=0.01 K_g=1', 'done', 10],
    ['probe 1 λ=0.01 K_g=2', 'done', 10],
    ['probe 1 λ=1 K_g=1', 'done', 10],
    ['probe 1 λ=1 K_g=2', 'done', 10],
  ]);
  const { width, height } = decode(await readFile(join(library, 'probe-1.png')));
  expect([width, height]).toEqual([4 * 112 + 2, 6 * 72 + 2]);

  const again = await simgan(library, 'probe', '--out', 'again.png');
  const ranked = report.results.map(({ name }) => name.replace('probe 1 ', ''));
  const rows = again.stdout.split('\n').filter((line) => /^\d {2}/.test(line));
  rows.forEach((row, index) => expect(row).toContain(ranked[index]));
  expect(rows).toHaveLength(4);
  expect(again.stdout).toContain('which is tone alone: look at the sheet');

  const picked = await simganJson(
    library,
    'probe',
    '--pick',
    '2',
    '--steps',
    '12',
    '--name',
    'real',
    '--engine',
    'wasm',
  );
  expect(picked).toMatchObject({ name: 'real', status: 'done', step: 12, from: report.results[1].name });
  const unknown = await simgan(library, 'probe', '--pick', 'nine', '--steps', '12');
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toMatch(/no variant "nine".*\nName one of 1 \(/);
  const wrong = await simgan(library, 'probe', '--lambda', '0.1,much');
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain('--lambda');
});
