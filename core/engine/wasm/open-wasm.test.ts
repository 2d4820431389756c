import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the embedded engine does not keep a finished program alive', async () => {
  const program = `
    import { openEngine } from ${JSON.stringify(new URL('../engine.ts', import.meta.url).href)};
    const engine = await openEngine('wasm', { threads: 2 });
    console.log(engine.device);
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 50_000,
  });
  expect((await run).stdout).toBe('CPU, 2 threads\n');
}, 60_000);
