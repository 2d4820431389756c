import { cpus, freemem, release, totalmem, version } from 'node:os';
import type { z } from 'zod';
import type { systemOperations } from '../../../contract/operations/studio.ts';
import type { StudioContext } from '../context.ts';
import type { StudioResource } from '../studio.ts';

type Listed = z.output<typeof systemOperations.diagnostics.output>;

/** Where the newest diagnostics are served; a bundle of JSON that can be read before it is sent to anybody. */
export const DIAGNOSTICS_URL = '/reports/diagnostics.json';

const LOG_ENTRIES = 5_000;

/** Everything that helps to find a fault: no images, no labels, nothing of other programs. */
export interface Diagnostics {
  collect(): Listed;
  /** The bundle collected last; undefined before the first. */
  resource(): StudioResource | undefined;
}

export function createDiagnostics(
  context: Pick<StudioContext, 'version' | 'log' | 'settings' | 'libraryIfOpen' | 'shell'>,
): Diagnostics {
  let bundle: Uint8Array | undefined;
  return {
    collect() {
      const parts: Record<string, unknown> = {
        'computer.json': computer(context),
        'settings.json': context.settings(),
        'log.json': context.log.since(0, LOG_ENTRIES),
        'library.json': libraryFacts(context),
      };
      bundle = Buffer.from(
        `${JSON.stringify({ madeAt: new Date().toISOString(), files: parts }, null, 2)}\n`,
      );
      const files = Object.entries(parts).map(([name, content]) => ({
        name,
        bytes: Buffer.byteLength(JSON.stringify(content, null, 2)),
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
