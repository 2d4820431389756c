import { cpus, freemem, release, totalmem, version } from 'node:os';
import type { z } from 'zod';
import type { systemOperations } from '../../../contract/operations/studio.ts';
import type { StudioContext } from '../context.ts';
import type { StudioResource } from '../studio.ts';
import { namedFolders } from './named-folders.ts';

type Listed = z.output<typeof systemOperations.diagnostics.output>;

/** Where the newest diagnostics are served; a bundle of JSON that can be read before it is sent to anybody. */
export const DIAGNOSTICS_URL = '/reports/diagnostics.json';

const LOG_ENTRIES = 5_000;

/** Everything that helps to find a fault: no images, no labels, no folders by their names, nothing of other programs. */
export interface Diagnostics {
  collect(): Promise<Listed>;
  /** The bundle collected last; undefined before the first. */
  resource(): StudioResource | undefined;
}

export function createDiagnostics(
  context: Pick<StudioContext, 'version' | 'log' | 'settings' | 'libraryIfOpen' | 'shell'>,
): Diagnostics {
  let bundle: Uint8Array | undefined;
  return {
    async collect() {
      const logFiles = (await context.shell.logFiles?.()) ?? [];
      const parts: Readonly<Record<string, unknown>> = {
        'computer.json': computer(context),
        'settings.json': context.settings(),
        'log.json': context.log.since(0, LOG_ENTRIES),
        'library.json': libraryFacts(context),
        ...Object.fromEntries(logFiles.map(({ name, text }) => [name, text.split('\n')])),
      };
      const named = namedFolders(context.libraryIfOpen());
      const asText = (content: unknown): string =>
        JSON.stringify(content, (_, value: unknown) => (typeof value === 'string' ? named(value) : value), 2);
      bundle = Buffer.from(`${asText({ madeAt: new Date().toISOString(), files: parts })}\n`);
      const files = Object.entries(parts).map(([name, content]) => ({
        name,
        bytes: Buffer.byteLength(asText(content)),
      }));
      return { files, url: DIAGNOSTICS_URL };
    },
    resource: () => bundle && { status: 200, type: 'application/json', body: bundle, maxAgeSeconds: 0 },
  };
}

function computer({ version: program, shell }: Pick<StudioContext, 'version' | 'shell'>): unknown {
  return {
    program,
    shell: shell.kind,
    node: process.versions,
    platform: process.platform,
    architecture: process.arch,
    system: `${version()} ${release()}`,
    processors: cpus().map(({ model }) => model),
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    memoryUsedBytes: process.memoryUsage(),
  };
}

/** Counts, statuses and failures; of datasets the format only, since names and folders are the user's own. */
function libraryFacts({ libraryIfOpen }: Pick<StudioContext, 'libraryIfOpen'>): unknown {
  const library = libraryIfOpen();
  if (!library) return null;
  return {
    images: library.imageSearch.count({}),
    datasets: library.datasets.list().map(({ id, role, format, copied }) => ({ id, role, format, copied })),
    runs: library.runs.list().map(({ id, status, step, totalSteps, engine, device, error, config }) => ({
      id,
      status,
      step,
      totalSteps,
      engine,
      device,
      error,
      config,
    })),
    jobs: library.jobs
      .list(100)
      .map(({ id, kind, status, failure, notes }) => ({ id, kind, status, failure, notes })),
  };
}
