import { setImmediate as nextTurn } from 'node:timers/promises';
import { StudioError } from '../../../base/studio-error.ts';
import { applyChange, effectOf, type Change, type DivisibleChange } from '../../../library/changes.ts';
import type { Edit } from '../../../library/edits.ts';
import type { Library } from '../../../library/library.ts';
import { takeBackUnfinishedEdit } from '../../../library/unfinished-edit.ts';

/** Changed in one transaction: a few dozen milliseconds, in which nobody else is answered. */
export const AT_ONCE = 2_000;
/** Between two words on how far it is. */
const WORD_MS = 100;

/** Surroundings of an edit that takes many turns. */
export interface Turns {
  readonly library: Library;
  /** False once it was closed, or another one opened. */
  readonly isOpen: () => boolean;
  /** These images were changed. */
  readonly onChanged: (imageIds: readonly number[]) => void;
  readonly onProgress: (done: number, images: number) => void;
}

/** The changes where they are of so many images that they are made in turns; undefined for those that are made at once. */
export function longChanges(changes: readonly Change[]): readonly DivisibleChange[] | undefined {
  const divisible = changes.filter((change) => 'imageIds' in change);
  const images = divisible.reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  return images > AT_ONCE && divisible.length === changes.length ? divisible : undefined;
}

/**
 * Makes changes of many images as one edit: what takes it back is on record before the first image is changed, so that
 * whatever cuts it short takes back all of it. Null where nothing would change.
 */
export async function editInTurns(
  turns: Turns,
  changes: readonly DivisibleChange[],
  title: (images: number) => string,
): Promise<Edit | null> {
  const { library } = turns;
  const redo: DivisibleChange[] = [];
  const undo: DivisibleChange[] = [];
  for (const slice of slicesOf(changes)) {
    await nextTurn();
    requireOpen(turns);
    const { imageIds, inverse } = effectOf(library, slice);
    if (imageIds.length === 0) continue;
    redo.push({ ...slice, imageIds: [...imageIds] });
    undo.push(...inverse.filter((change) => 'imageIds' in change));
  }
  if (redo.length === 0) return null;
  const images = redo.reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  const { id } = library.edits.begin({
    title: title(images),
    images,
    undo: joined(undo),
    redo: joined(redo),
  });
  return orTakenBack(turns, async () => {
    await makeInTurns(turns, redo, (imageIds) => library.edits.addImages(id, imageIds));
    return library.edits.finish(id);
  });
}

/** Undoes an edit of many images, or does it again. */
export async function stepInTurns(
  turns: Turns,
  id: number,
  changes: readonly DivisibleChange[],
  undone: boolean,
): Promise<Edit> {
  const { library } = turns;
  library.edits.beginAgain(id);
  return orTakenBack(turns, async () => {
    await makeInTurns(turns, slicesOf(changes), () => undefined);
    return library.edits.setUndone(id, undone);
  });
}

async function makeInTurns(
  turns: Turns,
  slices: readonly DivisibleChange[],
  inTransaction: (imageIds: readonly number[]) => void,
): Promise<void> {
  const { library, onChanged, onProgress } = turns;
  const images = slices.reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  let [done, toldAtMs] = [0, performance.now()];
  for (const slice of slices) {
    await nextTurn();
    requireOpen(turns);
    const imageIds = library.transaction(() => {
      const applied = applyChange(library, slice);
      inTransaction(applied.imageIds);
      return applied.imageIds;
    });
    onChanged(imageIds);
    done += slice.imageIds.length;
    if (done < images && performance.now() - toldAtMs < WORD_MS) continue;
    toldAtMs = performance.now();
    onProgress(done, images);
  }
}

/** What fails is taken back at once; where the library was closed, when it is next opened. */
async function orTakenBack<Result>(turns: Turns, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (turns.isOpen()) takeBackUnfinishedEdit(turns.library);
    throw error;
  }
}

function requireOpen({ isOpen }: Turns): void {
  if (isOpen()) return;
  throw new StudioError('busy', 'The library was closed before all images were changed: none is.', {
    remedy: 'Open it and try again.',
  });
}

function slicesOf(changes: readonly DivisibleChange[]): DivisibleChange[] {
  return changes.flatMap((change) =>
    Array.from({ length: Math.ceil(change.imageIds.length / AT_ONCE) }, (_, slice) => ({
      ...change,
      imageIds: change.imageIds.slice(slice * AT_ONCE, (slice + 1) * AT_ONCE),
    })),
  );
}

/** Changes that differ in their images only, as one. */
function joined(changes: readonly DivisibleChange[]): DivisibleChange[] {
  const byKind = new Map<string, DivisibleChange[]>();
  for (const change of changes) {
    const kind = JSON.stringify({ ...change, imageIds: [] });
    byKind.set(kind, [...(byKind.get(kind) ?? []), change]);
  }
  return [...byKind.values()].map((alike) => ({
    ...alike[0],
    imageIds: alike.flatMap(({ imageIds }) => imageIds),
  }));
}
