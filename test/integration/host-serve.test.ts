import { createServer } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLibrary } from '../../core/library/library.ts';
import { startServe, workFolder } from '../support/serve-process.ts';
import { simgan, temporaryFolder } from '../support/simgan.ts';

describe('simgan serve', () => {
  it('says its address, opens the library of its folder, and stops when it is asked to', async () => {
    const folder = await temporaryFolder();
    await mkdir(workFolder(folder), { recursive: true });
    createLibrary(join(workFolder(folder), 'Eyes.simgan')).close();
    const served = await startServe(folder);
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(await served.window.studio.library.current({})).toMatchObject({ name: 'Eyes' });
    expect((await served.window.get('/')).body.toString()).toContain('<title>Window</title>');
    expect(await served.stop()).toBe(130);
    // The lock is free again.
    createLibrary(join(workFolder(folder), 'Other.simgan')).close();
    const again = await startServe(folder, '--library', join(workFolder(folder), 'Eyes.simgan'));
    expect(await again.window.studio.library.current({})).toMatchObject({ name: 'Eyes' });
    await again.stop();
  });

  it('opens none where there are several, and says so; looks into its roots alone', async () => {
    const folder = await temporaryFolder();
    const work = workFolder(folder);
    await mkdir(work, { recursive: true });
    for (const name of ['One', 'Two']) createLibrary(join(work, `${name}.simgan`)).close();
    const served = await startServe(folder);
    expect(await served.window.studio.library.current({})).toBeNull();
    expect(served.said()).toContain('None of them was opened.');
    const { entries } = await served.window.studio.system.browse({ folder: work });
    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['One.simgan', 'library'],
      ['Two.simgan', 'library'],
    ]);
    for (const outside of [folder, '/', '/etc', join(work, '..'), `${work}-other`]) {
      await expect(served.window.studio.system.browse({ folder: outside }), outside).rejects.toMatchObject({
        code: 'bad-usage',
      });
    }
    await served.stop();
  });

  it('opens without the library of its folder where that is in use, and says so', async () => {
    const folder = await temporaryFolder();
    await mkdir(workFolder(folder), { recursive: true });
    using library = createLibrary(join(workFolder(folder), 'Eyes.simgan'));
    const served = await startServe(folder);
    expect(await served.window.studio.library.current({})).toBeNull();
    expect(served.said()).toContain(`${library.folder} is open for writing in process ${process.pid}`);
    await served.stop();
  });

  it('says what is wrong with a port or a library, and ends', async () => {
    const folder = await temporaryFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    await expect(startServe(folder, '--port', port)).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
    await expect(startServe(folder, '--library', join(workFolder(folder), 'none.simgan'))).rejects.toThrow(
      'none.simgan',
    );
    const wrong = await simgan(folder, 'serve', '--port', 'many');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('--port');
  });

  it('warns where others on the network can reach it', async () => {
    const served = await startServe(await temporaryFolder(), '--host', '0.0.0.0');
    expect(served.said()).toMatch(/Warning: others on the network can reach this/);
    await served.stop();
    const closed = await startServe(await temporaryFolder());
    expect(closed.said()).not.toContain('Warning');
    await closed.stop();
  });
});
