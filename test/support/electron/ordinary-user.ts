import { execFile, execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isRoot } from './wheel.ts';

const execute = promisify(execFile);
const NAME = 'simgan-test';

/** Who runs Electron. It refuses to start as root with its sandbox on, and the sandbox is part of what is tested. */
export interface OrdinaryUser {
  /** Gives the user what a test made. */
  own(path: string): Promise<void>;
  /** A program that runs `binary` as the user, with the arguments it is given; `binary` itself where nobody is root. */
  runnerOf(binary: string, folder: string): Promise<string>;
}

/**
 * The present user, or for root one that is made for these tests.
 *
 * @throws Error with what is missing
 */
export async function ordinaryUser(): Promise<OrdinaryUser> {
  if (!isRoot()) {
    return { own: () => Promise.resolve(), runnerOf: (binary) => Promise.resolve(binary) };
  }
  const idOf = async (flag: string): Promise<number> => Number((await execute('id', [flag, NAME])).stdout);
  const user = await idOf('-u').catch(async () => {
    await execute('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]).catch(
      (error: unknown) => {
        throw new Error(`the user ${NAME} could not be made (useradd)`, { cause: error });
      },
    );
    return idOf('-u');
  });
  const group = await idOf('-g');
  return {
    async own(path) {
      await chown(path, user, group);
      const entries = await readdir(path, { recursive: true }).catch(() => []);
      for (const entry of entries) await chown(join(path, entry), user, group);
    },
    async runnerOf(binary, folder) {
      await mkdir(folder, { recursive: true });
      const runner = join(folder, 'electron-as-user');
      const setpriv = `exec setpriv --reuid=${user} --regid=${group} --init-groups`;
      await writeFile(runner, `#!/bin/sh\n${setpriv} '${binary}' "$@"\n`);
      await chmod(runner, 0o755);
      execFileSync('setpriv', ['--version']);
      return runner;
    },
  };
}
