import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM_VERSION } from '../../core/base/version.ts';
import { createClient } from '../../core/contract/client.ts';
import type { StudioClient } from '../../core/contract/contract.ts';
import { startHost, type Host } from '../../core/host/http.ts';
import { forkLauncher } from '../../core/jobs/fork-launcher.ts';
import { createStudio } from '../../core/studio/service/create-studio.ts';
import type { Studio } from '../../core/studio/service/studio.ts';

export interface ServedStudio extends AsyncDisposable {
  readonly studio: Studio;
  /** The service itself, without any road in between. */
  readonly direct: StudioClient;
  readonly host: Host;
  /** For libraries and exports; the only root. Gone in the end. */
  readonly folder: string;
  /** What the host called a fault of the program. */
  readonly faults: unknown[];
}

const SMALL_PAGE = { 'index.html': '<!doctype html><title>Window</title>' };

/**
 * A whole studio with real workers, state of its own, and a host on a free port that serves a small page.
 *
 * @param page the files of that page
 */
export async function serveStudio(
  page: Readonly<Record<string, string>> = SMALL_PAGE,
): Promise<ServedStudio> {
  const root = await mkdtemp(join(tmpdir(), 'simgan-served-'));
  const folder = join(root, 'work');
  const rendererFolder = join(root, 'renderer');
  await mkdir(folder);
  await mkdir(rendererFolder);
  for (const [name, content] of Object.entries(page)) await writeFile(join(rendererFolder, name), content);
  const faults: unknown[] = [];
  const studio = createStudio({
    version: PROGRAM_VERSION,
    stateFolder: join(root, 'state'),
    cacheFolder: join(root, 'cache'),
    launchWorker: forkLauncher(new URL('../../core/host/worker.ts', import.meta.url)),
    shell: { kind: 'browser', notifications: false, power: () => 'unknown', roots: [folder] },
  });
  const host = await startHost({
    studio,
    rendererFolder,
    address: '127.0.0.1',
    port: 0,
    onNewUrl: () => undefined,
    onFault: (error) => faults.push(error),
  });
  return {
    studio,
    direct: createClient({
      call: (name, input) => studio.call(name, input),
      subscribe: (listener) => studio.subscribe(listener),
      onReconnect: () => () => undefined,
    }),
    host,
    folder,
    faults,
    async [Symbol.asyncDispose]() {
      await host.close();
      await studio.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
