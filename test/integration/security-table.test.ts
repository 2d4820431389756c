import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

it('every row of docs/security.md names a test that is there, or says that there is none', async () => {
  const text = await readFile(join(root, 'docs', 'security.md'), 'utf8');
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| (-+|#|what holds) /.test(line))
    .map((line) => line.split('|').at(-2)?.trim() ?? '');
  expect(cells.length).toBeGreaterThan(40);
  for (const cell of cells) {
    if (cell === '–') continue;
    const [, file = '', words = ''] = /^`([^`]+)` › _(.+?)_(?: |$)/.exec(cell) ?? [];
    expect(file, cell).not.toBe('');
    expect(await readFile(join(root, file), 'utf8'), cell).toContain(words);
  }
});
