import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  resultOf,
  simgan,
  simganJson,
  startSimgan,
  temporaryFolder,
  type CommandResult,
} from '../support/simgan.ts';

/** What every failure must be: an exit code, a sentence, a remedy, and no trace of the program's insides. */
function expectWords(result: CommandResult, exitCode: number, ...words: (string | RegExp)[]): void {
  expect(result.stderr).not.toMatch(/\n\s+at /);
  for (const word of words) expect(result.stderr).toMatch(word);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stderr.trim().split('\n').length).toBeGreaterThanOrEqual(2);
}

async function libraryWithEyes(folder: string, count: number): Promise<string> {
  await simganJson(folder, 'init', 'a.simgan');
  const library = join(folder, 'a.simgan');
  await simganJson(library, 'simulate', 'eye', '--count', String(count));
  await simganJson(library, 'simulate', 'eye', '--count', String(count), '--look', 'camera');
  return library;
}

async function pictures(library: string): Promise<string[]> {
  const folder = join(library, 'images', 'eyes render', '0000');
  return (await readdir(folder)).map((name) => join(folder, name));
}

describe('bad input', () => {
  it('refuses an empty folder, naming it', async () => {
    const folder = await temporaryFolder();
    await simganJson(folder, 'init', 'a.simgan');
    await mkdir(join(folder, 'nothing here'));
    const result = await simgan(folder, 'import', 'real', 'nothing here');
    expectWords(result, 1, 'nothing here is empty', 'Give a folder with images');
    expect(await simganJson(folder, 'datasets')).toEqual([]);
  });

  it('imports 193 of 200 files and names the 7 broken ones', async () => {
    const folder = await temporaryFolder();
    const library = await libraryWithEyes(folder, 193);
    const photos = join(folder, 'photos Åé 日本 ß');
    await mkdir(photos);
    for (const [index, picture] of (await pictures(library)).entries()) {
      await copyFile(picture, join(photos, `good ${index}.png`));
    }
    const broken = ['empty', 'text', 'cut', 'header', 'zeros', 'html', 'half'].map(
      (name) => `broken ${name}.png`,
    );
    const contents = [
      '',
      'no picture',
      '\u0089PNG\r\n\u001a\n',
      '\u0089PNG',
      '\0'.repeat(500),
      '<html>',
      'x'.repeat(99),
    ];
    for (const [index, name] of broken.entries())
      await writeFile(join(photos, name), contents[index], 'latin1');

    const report = await simganJson(library, 'import', 'real', photos, '--name', 'photos');
    expect(report).toMatchObject({ added: 193, skipped: { length: 7 } });
    const { skipped } = report as { skipped: { path: string; message: string }[] };
    expect(skipped.map(({ path }) => path).sort()).toEqual([...broken].sort());
    for (const { path, message } of skipped) expect(message).toContain(path);
  });

  it('names the columns that a table lacks and those it has', async () => {
    const folder = await temporaryFolder();
    const library = await libraryWithEyes(folder, 2);
    const table = join(folder, 'renders');
    await mkdir(table);
    for (const [index, picture] of (await pictures(library)).entries()) {
      await copyFile(picture, join(table, `${index}.png`));
    }
    await writeFile(join(table, 'labels.csv'), 'picture,up,left\n0.png,0.1,0.2\n1.png,0.3,0.4\n');
    const mapping = JSON.stringify({
      imageColumn: 'picture',
      gaze: { kind: 'angles', pitch: 'pitch', yaw: 'left', unit: 'radians' },
    });
    const result = await simgan(
      library,
      'import',
      'synthetic',
      table,
      '--format',
      'table',
      '--options',
      mapping,
    );
    expectWords(result, 1, 'pitch', /picture.*up.*left/);
  });

  it('says that a batch is larger than the dataset, with both numbers, and leaves no run behind', async () => {
    const folder = await temporaryFolder();
    const library = await libraryWithEyes(folder, 6);
    const result = await simgan(library, 'train', '--preset', 'test', '--batch-size', '8');
    expectWords(result, 2, 'batch of 8', 'dataset of 6', 'Set the batch size to 6 or less');
    expect(await simganJson(library, 'runs')).toEqual([]);
  });

  it('lets one process write at a time, and names the one that does', async () => {
    const folder = await temporaryFolder();
    const library = await libraryWithEyes(folder, 40);
    const training = startSimgan(library, 'train', '--preset', 'test', '--steps', '100000');
    const ended = resultOf(training);
    await new Promise<void>((resolve) => {
      training.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Training')) resolve();
      });
    });
    expectWords(await simgan(library, 'simulate', 'hand', '--count', '1'), 1, String(training.pid));
    // Reading goes on meanwhile.
    expect(await simganJson(library, 'runs')).toMatchObject([{ status: 'running' }]);
    training.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    expect(await simganJson(library, 'runs')).toMatchObject([{ status: 'stopped' }]);
  });

  it('refuses a library of a newer schema and leaves it as it is', async () => {
    const folder = await temporaryFolder();
    await simganJson(folder, 'init', 'a.simgan');
    const database = new Database(join(folder, 'a.simgan', 'library.sqlite'));
    database.pragma('user_version = 999');
    database.close();
    expectWords(await simgan(folder, 'runs'), 1, '999', /newer/);
  });

  it('knows no unknown command, field, or value out of range', async () => {
    const folder = await temporaryFolder();
    const library = await libraryWithEyes(folder, 4);
    expect((await simgan(library, 'trane')).exitCode).toBe(2);
    expect((await simgan(library, 'train', '--lamda', '1')).exitCode).toBe(2);
    expectWords(await simgan(library, 'train', '--preset', 'test', '--kg', '0'), 2, '--kg');
    expectWords(await simgan(library, 'train', '--preset', 'test', '--lambda', 'much'), 2, '--lambda');
    expectWords(
      await simgan(folder, 'train', '--library', join(folder, 'nowhere')),
      1,
      'nowhere',
      'simgan init',
    );
  });

  it('keeps what is recorded when the disk is full, and says so', async ({ skip }) => {
    const folder = await temporaryFolder();
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      skip('needs the right to mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', disk], { stdio: 'ignore' }));
    await simganJson(disk, 'init', 'a.simgan');
    const library = join(disk, 'a.simgan');
    await simganJson(library, 'simulate', 'eye', '--count', '20');
    expectWords(
      await simgan(library, 'simulate', 'eye', '--count', '5000', '--look', 'camera'),
      1,
      /full/,
      /[Ff]ree/,
    );
    expect(await simganJson(library, 'datasets')).toMatchObject([{ name: 'eyes render', images: 20 }]);
  });
});
