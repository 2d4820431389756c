import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest';
import { PROGRAM_VERSION } from '../base/version.ts';
import { main } from './cli.ts';

/** Every command is loaded with all that it needs, on a machine that may be busy. */
const PATIENCE_MS = 120_000;

let written: { readonly out: MockInstance; readonly error: MockInstance };
beforeEach(() => {
  written = {
    out: vi.spyOn(process.stdout, 'write').mockReturnValue(true),
    error: vi.spyOn(process.stderr, 'write').mockReturnValue(true),
  };
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What a line writes, and the exit code it leaves. */
async function said(...args: string[]) {
  process.exitCode = undefined;
  const textOf = (spy: MockInstance): string => spy.mock.calls.map(([text]) => String(text)).join('');
  await main(args);
  const result = { out: textOf(written.out), error: textOf(written.error), code: process.exitCode };
  written.out.mockClear();
  written.error.mockClear();
  return result;
}

describe('the command line', { timeout: PATIENCE_MS }, () => {
  test('helps with every command in 80 columns', async () => {
    const { out, code } = await said('--help');
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['init', 'import', 'train', 'export', 'serve', 'doctor']));
    expect(tooLong(out)).toEqual([]);
    for (const name of names) {
      const help = await said(name, '--help');
      expect(help.code, name).toBe(0);
      expect(help.out, name).toContain(`Usage: simgan ${name}`);
      expect(help.out, name).toContain(`  $ simgan ${name}`);
      expect(tooLong(help.out), name).toEqual([]);
    }
  });

  test('tells its version, and help by the word as by the flag', async () => {
    expect(await said('--version')).toEqual({ out: `${PROGRAM_VERSION}\n`, error: '', code: 0 });
    expect((await said('help', 'verify')).out).toBe((await said('verify', '--help')).out);
  });

  test.each([
    [['trian'], /unknown command 'trian'\n\(Did you mean train\?\)\nRun "simgan --help"/],
    [['import'], /missing required argument 'role'\nRun "simgan import --help"/],
    [['import', 'fake', 'x'], /^error: role "fake" is none of synthetic, real\.\n/],
    [['simulate', 'eye', '--look', 'x'], /^error: --look "x" is none of render, camera\.\n/],
    [['simulate', 'eye', '--count', '-3'], /^--count must be at least 1\. It was given as "-3"\.\n/],
    [['verify', '--library', 'x', 'y'], /unknown option '--library'\nRun "simgan verify --help"/],
    [['train', '--config', '{"kg":0,"x":1}'], /\n {2}--kg must be at least 1\n {2}.* not known: x\n/],
  ])('says what is wrong with %j', async (args, words) => {
    const { out, error, code } = await said(...args);
    expect(error).toMatch(words);
    expect([out, code]).toEqual(['', 2]);
  });
});

/** Lines that a terminal of 80 columns would break. */
function tooLong(help: string): string[] {
  return help.split('\n').filter((line) => line.length > 80);
}
