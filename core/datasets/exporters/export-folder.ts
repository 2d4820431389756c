import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError, explainWriteError, systemCodeOf } from '../../base/studio-error.ts';
import type { ExportHeader } from './export-sample.ts';
import {
  BEGUN_FILE,
  MANIFEST_FILE,
  SCHEMA_FIELDS,
  WORK_FOLDER,
  readBegun,
  readManifest,
  type BegunExport,
  type LabelFormatId,
} from './manifest.ts';
import { stableJson } from './stable-json.ts';

export interface ClaimedFolder {
  /** Holds what is not finished: on the same file system, so that renaming out of it is atomic. */
  readonly workFolder: string;
  /** As asked for, but with the moment at which the export was begun. */
  readonly header: ExportHeader;
  /** Whether an earlier export may have left images. */
  readonly isResumed: boolean;
}

/**
 * Makes a folder this export's own, and clears what an interrupted one left unfinished.
 * @param existing what to do where an export of the same run, step and settings is there already
 * @throws StudioError 'busy' naming what is there: any other content, or an export and `existing` is 'refuse'
 */
export async function claimFolder(
  folder: string,
  asked: { readonly header: ExportHeader; readonly formats: readonly LabelFormatId[] },
  existing: 'refuse' | 'resume',
): Promise<ClaimedFolder> {
  const entries = await entriesOf(folder);
  const earlier = entries.length === 0 ? undefined : await earlierExport(folder);
  // A kill between making the work folder and writing its first file leaves nothing worth keeping.
  const isEmpty = entries.every((entry) => entry === WORK_FOLDER);
  if (!earlier && !isEmpty) throw notEmpty(folder, entries);
  if (earlier) checkEarlier(folder, earlier, asked, existing);

  const workFolder = join(folder, WORK_FOLDER);
  const header = { ...asked.header, createdAt: earlier?.begun.header.createdAt ?? asked.header.createdAt };
  try {
    await mkdir(workFolder, { recursive: true });
    for (const entry of await readdir(workFolder)) {
      if (entry !== BEGUN_FILE) await rm(join(workFolder, entry), { recursive: true });
    }
  } catch (error) {
    throw explainWriteError(error, workFolder);
  }
  const begun: BegunExport = { ...SCHEMA_FIELDS, header, formats: [...asked.formats] };
  await writeFileAtomic(join(workFolder, BEGUN_FILE), `${stableJson(begun, 2)}\n`);
  return { workFolder, header, isResumed: earlier !== undefined };
}

interface EarlierExport {
  readonly begun: BegunExport;
  readonly isFinished: boolean;
}

async function earlierExport(folder: string): Promise<EarlierExport | undefined> {
  const unfinished = await readBegun(join(folder, WORK_FOLDER, BEGUN_FILE));
  if (unfinished) return { begun: unfinished, isFinished: false };
  const finished = await readManifest(join(folder, MANIFEST_FILE));
  return finished && { begun: finished, isFinished: true };
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') {
      throw new StudioError('bad-usage', `${folder} is a file, or lies inside one.`, {
        remedy: 'Name a folder to export into; it is made where it is not there.',
        details: { path: folder },
        cause: error,
      });
    }
    throw explainWriteError(error, folder);
  }
}

/** Differences that do not make it another export. */
const FREE_FIELDS: ReadonlySet<string> = new Set<keyof ExportHeader>(['createdAt', 'programVersion']);

function checkEarlier(
  folder: string,
  { begun, isFinished }: EarlierExport,
  asked: { readonly header: ExportHeader; readonly formats: readonly LabelFormatId[] },
  existing: 'refuse' | 'resume',
): void {
  const state = isFinished ? 'a finished' : 'an unfinished';
  const what = `${state} export of run "${begun.header.runName}" at step ${begun.header.step}`;
  const differences = differencesOf(
    { ...begun.header, formats: begun.formats },
    { ...asked.header, formats: asked.formats },
  );
  if (differences.length > 0) {
    throw new StudioError(
      'busy',
      `${folder} holds ${what}; what is asked for differs in ${differences.join(', ')}.`,
      {
        remedy: 'Choose another folder, or export with the same settings to go on with that one.',
        details: { path: folder, differences: differences.join(',') },
      },
    );
  }
  if (existing === 'refuse') {
    throw new StudioError('busy', `${folder} holds ${what} already.`, {
      remedy: 'Resume it (what is written is kept, what is missing is added), or choose another folder.',
      details: { path: folder },
    });
  }
}

function differencesOf(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(left).filter(
    (key) => !FREE_FIELDS.has(key) && stableJson(left[key]) !== stableJson(right[key]),
  );
}

const NAMED_ENTRIES = 5;

function notEmpty(folder: string, entries: readonly string[]): StudioError {
  const named = entries.slice(0, NAMED_ENTRIES).join(', ');
  const more = entries.length > NAMED_ENTRIES ? ` and ${entries.length - NAMED_ENTRIES} more` : '';
  return new StudioError('busy', `${folder} is not empty and holds no export: ${named}${more}.`, {
    remedy: 'Choose a new or an empty folder; nothing in this one was touched.',
    details: { path: folder, entries: entries.length },
  });
}
