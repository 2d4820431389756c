import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError, explainWriteError, systemCodeOf } from '../../base/studio-error.ts';
import { createdAtOfCard } from './dataset-card.ts';
import { upgradeConfig } from '../../contract/config/read.ts';
import type { ExportHeader } from './export-sample.ts';
import { IMAGE_FOLDER } from './image-path.ts';
import {
  BEGUN_FILE,
  CARD_FILE,
  MANIFEST_FILE,
  SCHEMA_FIELDS,
  WORK_FOLDER,
  readBegun,
  readManifest,
  type BegunExport,
  type LabelFormatId,
} from './manifest.ts';
import { stableJson } from './stable-json.ts';
import { readTextFile } from './text-file.ts';

export interface ClaimedFolder {
  /** Holds what is not finished: on the same file system, so that renaming out of it is atomic. */
  readonly workFolder: string;
  /** As asked for, but with the moment at which the export was begun. */
  readonly header: ExportHeader;
  /** Whether an earlier export may have left images. */
  readonly isResumed: boolean;
}

interface AskedExport {
  readonly header: ExportHeader;
  readonly formats: readonly LabelFormatId[];
}

/**
 * Makes a folder this export's own, and clears what an interrupted one left unfinished.
 * @param existing what to do where an export of the same run, step and settings is there already
 * @throws StudioError 'busy' naming what is there: any other content, or an export and `existing` is 'refuse'
 */
export async function claimFolder(
  folder: string,
  asked: AskedExport,
  existing: 'refuse' | 'resume',
): Promise<ClaimedFolder> {
  const entries = await entriesOf(folder);
  const earlier = entries.length === 0 ? undefined : await earlierExport(folder, entries, asked);
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
  const begun = stableJson(begunOf({ ...asked, header }), 2);
  await writeFileAtomic(join(workFolder, BEGUN_FILE), `${begun}\n`);
  return { workFolder, header, isResumed: earlier !== undefined };
}

interface EarlierExport {
  readonly begun: BegunExport;
  readonly isFinished: boolean;
}

/**
 * The earlier export in a folder; undefined where there is none. Where the file that says whose it is was lost or torn
 * (a failing disk, a copy that broke off), the README says it, or nothing but images is there yet.
 * @throws StudioError 'busy' where a torn file is all that is known of it
 */
async function earlierExport(
  folder: string,
  entries: readonly string[],
  asked: AskedExport,
): Promise<EarlierExport | undefined> {
  const begun = await unlessDamaged(readBegun(join(folder, WORK_FOLDER, BEGUN_FILE)));
  if (begun.document) return { begun: begun.document, isFinished: false };
  const manifest = await unlessDamaged(readManifest(join(folder, MANIFEST_FILE)));
  if (manifest.document) return { begun: manifest.document, isFinished: true };
  const card = await readTextFile(join(folder, CARD_FILE));
  const createdAt = card && createdAtOfCard(card, asked.header);
  if (createdAt) {
    return { begun: begunOf({ ...asked, header: { ...asked.header, createdAt } }), isFinished: true };
  }
  const damage = manifest.damage ?? begun.damage;
  if (!damage) return undefined;
  if (entries.every((entry) => entry === WORK_FOLDER || entry === IMAGE_FOLDER)) {
    return { begun: begunOf(asked), isFinished: false };
  }
  throw new StudioError('busy', `${damage.message} ${CARD_FILE} does not say that it is the same export.`, {
    remedy: 'Choose another folder, or delete this one if it is not needed.',
    details: { path: folder },
    cause: damage,
  });
}

async function unlessDamaged<Document>(
  reading: Promise<Document | undefined>,
): Promise<{ readonly document?: Document | undefined; readonly damage?: StudioError }> {
  try {
    return { document: await reading };
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-input') return { damage: error };
    throw error;
  }
}

const begunOf = ({ header, formats }: AskedExport): BegunExport => ({
  ...SCHEMA_FIELDS,
  header,
  formats: [...formats],
});

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
  asked: AskedExport,
  existing: 'refuse' | 'resume',
): void {
  const state = isFinished ? 'a finished' : 'an unfinished';
  const what = `${state} export of run "${begun.header.runName}" at step ${begun.header.step}`;
  const differences = differencesOf(
    { ...withCurrentConfig(begun.header, folder), formats: begun.formats },
    { ...withCurrentConfig(asked.header, folder), formats: asked.formats },
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

/** An earlier version of the program may have begun the export. */
function withCurrentConfig(header: ExportHeader, folder: string) {
  return {
    ...header,
    config: upgradeConfig(header.config, `The training config of the export in ${folder}`),
  };
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
