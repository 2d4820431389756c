import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM_VERSION } from '../../core/base/version.ts';
import { createClient } from '../../core/contract/client.ts';
import type { OutputOf, StudioClient } from '../../core/contract/contract.ts';
import { inLibrary } from '../../core/contract/picture-urls.ts';
import type { StudioEvent } from '../../core/contract/events.ts';
import { forkLauncher } from '../../core/jobs/fork-launcher.ts';
import { createLibrary, type Library } from '../../core/library/library.ts';
import { createStudio } from '../../core/studio/service/create-studio.ts';
import type { Shell } from '../../core/studio/service/shell.ts';
import type { Studio, StudioResource } from '../../core/studio/service/studio.ts';

type Job = OutputOf<'jobs.get'>;

export interface OpenStudio extends AsyncDisposable {
  readonly studio: Studio;
  /** The service itself, without any road in between. */
  readonly client: StudioClient;
  /** Everything of the test is below it; the only root of the shell. Gone in the end. */
  readonly folder: string;
  /** The library that was filled and is open. */
  readonly libraryFolder: string;
  /** What was told since the studio began. */
  readonly events: StudioEvent[];
  /** What is answered to an address of the open library. */
  resource(address: string): Promise<StudioResource>;
  /** A job when it has ended, however it did. */
  ended(started: { readonly jobId: number }): Promise<Job>;
}

export interface StudioSetting {
  /** Fills the library before the studio opens it. */
  readonly fill?: (library: Library, folder: string) => unknown;
  readonly shell?: Partial<Shell>;
}

/** A studio with real workers, state of its own, and a library open that was filled beforehand. */
export async function openStudio({ fill, shell }: StudioSetting = {}): Promise<OpenStudio> {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-studio-'));
  const libraryFolder = join(folder, 'Test.simgan');
  {
    using library = createLibrary(libraryFolder);
    await fill?.(library, folder);
  }
  await mkdir(join(folder, 'state'));
  const studio = createStudio({
    version: PROGRAM_VERSION,
    stateFolder: join(folder, 'state'),
    cacheFolder: join(folder, 'cache'),
    launchWorker: forkLauncher(new URL('../../core/host/worker.ts', import.meta.url)),
    shell: { kind: 'browser', notifications: false, power: () => 'unknown', roots: [folder], ...shell },
  });
  const events: StudioEvent[] = [];
  studio.subscribe((event) => events.push(event));
  const client = createClient({
    call: (name, input) => studio.call(name, input),
    subscribe: (listener) => studio.subscribe(listener),
    onReconnect: () => () => undefined,
  });
  await client.library.open({ folder: libraryFolder });
  return {
    studio,
    client,
    folder,
    libraryFolder,
    events,
    async resource(address) {
      const pictures = (await client.library.current({}))?.pictures ?? 'none';
      return await studio.resource(inLibrary(pictures, address));
    },
    ended: ({ jobId }) => whenEnded(client, jobId),
    async [Symbol.asyncDispose]() {
      await studio.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function whenEnded(client: StudioClient, jobId: number): Promise<Job> {
  const { promise, resolve } = Promise.withResolvers<Job>();
  const look = (job: Job): void => {
    if (job.id === jobId && job.status !== 'waiting' && job.status !== 'running') resolve(job);
  };
  const unsubscribe = client.subscribe((event) => {
    if (event.type === 'job') look(event.job);
  });
  look(await client.jobs.get({ id: jobId }));
  return promise.finally(unsubscribe);
}
