import { describe, expect, test } from 'vitest';
import { runTool } from './run-tool.ts';

const options = { purpose: 'count to three', remedy: 'Count yourself.' };

describe('running a tool', () => {
  test('gives what it wrote', async () => {
    expect(await runTool(process.execPath, ['-e', 'console.log(123)'], options)).toBe('123\n');
  });

  test('says what it was for, how it ended and what it last said', async () => {
    const program = 'console.log("one"); console.error("two is missing"); process.exit(4)';
    await expect(runTool(process.execPath, ['-e', program], options)).rejects.toMatchObject({
      code: 'engine',
      message: `Could not count to three: ${process.execPath} ended with code 4.\none\ntwo is missing`,
      remedy: 'Count yourself.',
    });
  });

  test('says so if it is not there', async () => {
    await expect(runTool('no-such-tool', [], options)).rejects.toMatchObject({
      code: 'engine',
      message: 'Could not count to three: no-such-tool cannot be run (spawn no-such-tool ENOENT).',
    });
  });
});
