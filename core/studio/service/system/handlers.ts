import { availableParallelism, totalmem } from 'node:os';
import { StudioError } from '../../../base/studio-error.ts';
import type { InputOf } from '../../../contract/contract.ts';
import { assertNever } from '../../../base/assert.ts';
import type { Library } from '../../../library/library.ts';
import type { StudioContext } from '../context.ts';
import { imagePath, mustGetImage } from '../data/images.ts';
import type { HandlersOf } from '../handlers.ts';
import { browse } from './browse.ts';
import type { Diagnostics } from './diagnostics.ts';

type Revealed = InputOf<'system.reveal'>['what'];

export function systemHandlers(context: StudioContext, diagnostics: Diagnostics): HandlersOf<'system'> {
  const { shell, log, version } = context;
  return {
    system: {
      info: () => ({
        version,
        platform: `${process.platform} ${process.arch}`,
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        memoryUsedBytes: process.memoryUsage.rss() + context.jobs.memoryBytes(),
        shell: shell.kind,
        capabilities: {
          dialogs: shell.pickFolder !== undefined,
          reveal: shell.reveal !== undefined,
          notifications: shell.notifications,
        },
        engine: context.jobs.engine() ?? lastEngine(context.libraryIfOpen()),
        power: shell.power(),
      }),
      log: ({ after, limit }) => log.since(after, limit),
      browse: ({ folder }) => browse(shell, folder),
      async pickFolder({ purpose }) {
        if (!shell.pickFolder) throw onlyOnDesktop('choose folders in a dialog');
        return { path: await shell.pickFolder(purpose) };
      },
      reveal({ what }) {
        if (!shell.reveal) throw onlyOnDesktop('open the file manager');
        shell.reveal(pathOf(context, what));
        return {};
      },
      diagnostics: () => diagnostics.collect(),
    },
  };
}

function pathOf(
  { library, stateFolder }: Pick<StudioContext, 'library' | 'stateFolder'>,
  what: Revealed,
): string {
  switch (what.kind) {
    case 'library':
      return library().folder;
    case 'image':
      return imagePath(library(), mustGetImage(library(), what.id));
    case 'run':
      return library().runFolder(what.id);
    case 'export': {
      const exported = library().exports.get(what.id);
      if (exported) return exported.folder;
      throw new StudioError('not-found', `There is no export ${what.id} in this library.`, {
        remedy: 'List the exports again.',
      });
    }
    case 'logs':
      return stateFolder;
    default:
      return assertNever(what, 'what');
  }
}

/** Of the run that was worked on last. */
function lastEngine(library: Library | undefined) {
  const run = library?.runs
    .list()
    .filter(({ engine }) => engine !== null)
    .sort((left, right) => (left.heartbeatAt ?? '').localeCompare(right.heartbeatAt ?? ''))
    .at(-1);
  if (!run) return null;
  return { name: run.engine ?? '', device: run.device ?? '', reason: `${run.name} was trained on it last.` };
}

function onlyOnDesktop(what: string): StudioError {
  return new StudioError('bad-usage', `A studio in a browser cannot ${what}.`, {
    remedy: 'Use the desktop program, or choose by browsing folders.',
  });
}
