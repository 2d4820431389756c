import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileKeeper } from './file-keeper.ts';

test('the newest content is kept, whoever waits sees at least their own, and a failure is not the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simgan-keeper-'));
  try {
    const path = join(folder, 'deep', 'file.txt');
    const keeper = createFileKeeper(path);
    const seen = await Promise.all(
      [1, 2, 3, 4, 5].map(async (number) => {
        await keeper.keep(String(number));
        return Number(readFileSync(path, 'utf8')) >= number;
      }),
    );
    expect(seen).toEqual(Array(5).fill(true));
    expect(readFileSync(path, 'utf8')).toBe('5');

    rmSync(path);
    mkdirSync(join(path, 'in the way'), { recursive: true });
    await expect(keeper.keep('6')).rejects.toThrow();
    rmSync(path, { recursive: true });
    void keeper.keep('7');
    await keeper.written();
    expect(readFileSync(path, 'utf8')).toBe('7');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
