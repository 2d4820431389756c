import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { libraryWithEyes, QUICK } from '../support/eyes.ts';
import { resultOf, simgan, simganJson, startSimgan } from '../support/simgan.ts';

it('shows the history buffer and the previews of any step in words, lists, pictures and files', async () => {
  const library = await libraryWithEyes(12);
  const training = ['--steps', '20', '--checkpoint-every', '10', '--history-capacity', '8', '--kd', '2'];
  await simganJson(library, 'train', ...QUICK, ...training);
  const sizeOf = async (name: string): Promise<[number, number]> => {
    const { width, height } = decode(await readFile(join(library, name)));
    return [width, height];
  };

  const words = await simgan(library, 'history', '--sheet', 'all.png', '--columns', '4', '--scale', '1');
  expect(words.stdout).toMatch(/^run 1 after step 20: 8 of 8 places/);
  expect(words.stdout).toContain('All pictures are on disk, with the checkpoint of step 20.');
  expect(words.exitCode).toBe(0);
  expect(await sizeOf('all.png')).toEqual([4 * 57 + 2, 2 * 37 + 2]);

  const between = await simganJson(library, 'history', '--step', '15', '--list', '--export', 'buffer');
  const { onDisk } = between as { onDisk: number };
  expect(between).toMatchObject({
    run: 'run 1',
    step: 15,
    count: 8,
    isCheckpoint: false,
    images: { length: 8 },
  });
  expect(onDisk).toBeLessThan(8);
  const files = await readdir(join(library, 'buffer'));
  expect(files.filter((name) => name.endsWith('.png'))).toHaveLength(onDisk);
  const lines = (await readFile(join(library, 'buffer', 'history.jsonl'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(8);

  const branch = ['--branch', 'run 1', '--from-step', '10', '--steps', '12', '--engine', 'wasm'];
  await simganJson(library, 'train', ...branch, '--lambda', '0.5');
  const listed = await simgan(library, 'runs');
  expect(listed.stdout).toMatch(/^run 1 +done .*\n└ run 2 +done /m);
  expect(listed.stdout).toMatch(/^run 2: From step 10 of run 1, with --lambda 0\.5 --steps 12\. \S/m);
  const told = await simgan(library, 'runs', 'run 2');
  expect(told.stdout).toMatch(/^run 2: done at step 12 of 12, .*\n10 {2}It starts from step 10 of run 1\.$/m);
  expect(await simganJson(library, 'history')).toMatchObject({ run: 'run 2', step: 12, count: 8, onDisk: 8 });

  const beyond = await simgan(library, 'history', '--run', 'run 1', '--step', '21');
  expect(beyond.exitCode).toBe(1);
  expect(beyond.stderr).toMatch(/for the steps -1 to 20, not for 21\.\n.*--step/);

  const rows = await simganJson(library, 'previews', '--run', 'run 1', '--out', 'time.png', '--every', '8');
  expect(rows).toMatchObject({
    rows: [
      'synthetic',
      'refined after step -4',
      'refined after step 4',
      'refined after step 12',
      'refined after step 20',
      'most similar real image of step 20',
    ],
  });
  expect(await sizeOf('time.png')).toEqual([4 * 112 + 2, 6 * 72 + 2]);

  // A reader that has seen enough is no failure.
  const reader = startSimgan(library, 'history', '--list');
  const ended = resultOf(reader);
  reader.stdout.destroy();
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
});
