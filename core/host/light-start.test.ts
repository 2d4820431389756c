import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Loads modules in a process of its own and tells which it holds of these packages. */
async function heldBy(work: string, packages: RegExp): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const held = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        const result = next(specifier, context);
        held.add(result.url);
        return result;
      },
    });
    ${work}
    console.log(JSON.stringify([...held]));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('../..', import.meta.url),
    maxBuffer: 16e6,
  });
  const urls = JSON.parse(stdout.split('\n').at(-2) ?? '') as string[];
  expect(urls.length).toBeGreaterThan(50);
  return urls.filter((url) => packages.test(url));
}

const ENGINES = /node_modules\/(@tensorflow|webgpu)\//;

test.each([
  ['the studio', `await import('./core/studio/service/create-studio.ts');`],
  ['simgan serve', `await (await import('./core/host/cli.ts')).main(['serve', '--help']).catch(() => 0);`],
])('%s begins without TensorFlow.js', async (_, work) => {
  expect(await heldBy(work, ENGINES)).toEqual([]);
});
