import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { StudioError } from '../../../base/studio-error.ts';
import type { Annotation, Gaze, Keypoints } from '../../../contract/annotation.ts';
import type { imageTargetSchema } from '../../../contract/operations/images.ts';
import { applyChange, changeSchema, type Change } from '../../../library/changes.ts';
import type { Edit } from '../../../library/edits.ts';
import { STRIP_TAG } from '../../training/strip.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import type { DataState } from './data-state.ts';
import { editInTurns, longChanges, stepInTurns, type Turns } from './edit-in-turns.ts';
import { mustGetImage } from './images.ts';

type ImageTarget = z.infer<typeof imageTargetSchema>;

/**
 * Curation. Every edit is one transaction together with the record of what takes it back and what does it again; one of
 * many images is made in turns, of which all are done in the end or none. Edits are made one after the other. An undone
 * edit stays on record; a redo is cut off by the next edit. Lists that are open stay as they are.
 */
export function editHandlers(
  { library, libraryIfOpen, publish }: Pick<StudioContext, 'library' | 'libraryIfOpen' | 'publish'>,
  { listings, index, changing }: Pick<DataState, 'listings' | 'index' | 'changing'>,
): HandlersOf<'edits'> {
  const tell = (changes: readonly Change[], imageIds: readonly number[]): void => {
    if (changes.some(({ kind }) => kind !== 'tag' && kind !== 'rename-tag')) {
      index().refresh(imageIds);
      publish({ type: 'data', what: 'images' });
      // Their counts: what is excluded, what has labels.
      publish({ type: 'data', what: 'datasets' });
    }
    if (changes.some(({ kind }) => kind === 'tag' || kind === 'rename-tag')) {
      publish({ type: 'data', what: 'tags' });
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  const afterOthers = <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const turns = (): Turns => {
    const opened = library();
    return {
      library: opened,
      isOpen: () => libraryIfOpen() === opened,
      onChanged: (imageIds) => index().refresh(imageIds),
      onProgress: (done, images) => publish({ type: 'edit', done, images }),
    };
  };
  const long = (changes: readonly Change[], work: (turns: Turns) => Promise<Edit | null>) =>
    changing(async () => {
      const around = turns();
      try {
        return { edit: await work(around) };
      } catch (error) {
        // All of it was taken back at once.
        if (around.isOpen()) index().invalidate();
        publish({ type: 'edit', done: 0, images: 0 });
        throw error;
      } finally {
        if (around.isOpen()) tell(changes, []);
      }
    });
  /** Makes changes and records them as one edit; one that changes nothing is none. */
  const edit = (changes: readonly Change[], title: (images: number) => string) =>
    afterOthers(() => {
      const divisible = longChanges(changes);
      return divisible
        ? long(changes, (around) => editInTurns(around, divisible, title))
        : editAtOnce(changes, title);
    });
  const editAtOnce = (
    changes: readonly Change[],
    title: (images: number) => string,
  ): { edit: Edit | null } => {
    const made = library().transaction(() => {
      const { imageIds, inverse } = applyAll(changes);
      if (inverse.length === 0) return undefined;
      const redo = changes;
      return {
        imageIds,
        edit: library().edits.add({ title: title(imageIds.length), imageIds, undo: inverse, redo }),
      };
    });
    if (!made) return { edit: null };
    tell(changes, made.imageIds);
    return { edit: made.edit };
  };
  const applyAll = (changes: readonly Change[]): { imageIds: number[]; inverse: Change[] } => {
    const applied = changes.map((change) => applyChange(library(), change));
    return {
      imageIds: [...new Set(applied.flatMap(({ imageIds }) => imageIds))],
      inverse: applied.toReversed().flatMap(({ inverse }) => inverse),
    };
  };
  const step = (
    found: { readonly edit: Edit; readonly changes: unknown } | undefined,
    undone: boolean,
  ): { edit: Edit | null } | Promise<{ edit: Edit | null }> => {
    if (!found) return { edit: null };
    const changes = z.array(changeSchema).parse(found.changes);
    const divisible = longChanges(changes);
    if (divisible) {
      return long(changes, (around) => stepInTurns(around, found.edit.id, divisible, undone));
    }
    const { imageIds, edit: now } = library().transaction(() => ({
      ...applyAll(changes),
      edit: library().edits.setUndone(found.edit.id, undone),
    }));
    tell(changes, imageIds);
    return { edit: now };
  };
  const targetIds = (target: ImageTarget): number[] => idsOf(target, listings);
  const tag = (target: ImageTarget, name: string, on: boolean, title: (images: number) => string) =>
    edit([{ kind: 'tag', tag: name, on, imageIds: targetIds(target) }], title);

  return {
    edits: {
      tag: ({ target, tag: name, on }) =>
        tag(target, name, on, (images) =>
          on ? `Tagged ${counted(images)} "${name}"` : `Took the tag "${name}" off ${counted(images)}`,
        ),
      pin: ({ target, on }) =>
        tag(target, STRIP_TAG, on, (images) =>
          on ? `Pinned ${counted(images)} to the strip` : `Took ${counted(images)} off the strip`,
        ),
      renameTag: ({ name, newName }) =>
        name === newName
          ? { edit: null }
          : edit([{ kind: 'rename-tag', name, newName }], () => `Renamed the tag "${name}" to "${newName}"`),
      exclude: ({ target, reason }) =>
        edit([{ kind: 'exclude', reason, imageIds: targetIds(target) }], (images) =>
          reason === null
            ? `Took ${counted(images)} back into use`
            : `Excluded ${counted(images)}: ${reason}`,
        ),
      setSplit: ({ target, split }) =>
        edit(
          [{ kind: 'split', split, imageIds: targetIds(target) }],
          (images) => `Moved ${counted(images)} to ${split === 'test' ? 'testing' : 'training'}`,
        ),
      setLabel({ imageId, annotation }) {
        const image = mustGetImage(library(), imageId);
        const known = image.annotations.find((stored) => stored.annotation.kind === annotation.kind);
        requireSound(annotation, known?.annotation, image);
        if (isDeepStrictEqual(known?.annotation, annotation)) return { edit: null };
        const label = { annotation, author: 'user' as const };
        return edit(
          [{ kind: 'label', imageId, of: annotation.kind, label }],
          () => `Corrected the ${annotation.kind} of ${image.path}`,
        );
      },
      removeLabel({ imageId, kind }) {
        const { path, annotations } = mustGetImage(library(), imageId);
        if (!annotations.some(({ annotation }) => annotation.kind === kind)) return { edit: null };
        return edit(
          [{ kind: 'label', imageId, of: kind, label: null }],
          () => `Removed the ${kind} of ${path}`,
        );
      },
      undo: () =>
        afterOthers(() => {
          const newest = library().edits.lastDone();
          return step(newest && { edit: newest.edit, changes: newest.undo }, true);
        }),
      redo: () =>
        afterOthers(() => {
          const first = library().edits.firstUndone();
          return step(first && { edit: first.edit, changes: first.redo }, false);
        }),
      list({ limit }) {
        const { edits } = library();
        return {
          edits: edits.list(limit),
          canUndo: edits.lastDone() !== undefined,
          canRedo: edits.firstUndone() !== undefined,
        };
      },
    },
  };
}

function idsOf(target: ImageTarget, listings: DataState['listings']): number[] {
  if ('ids' in target) return [...target.ids];
  const ids = listings.get(target.listing);
  const chosen = new Set<number>();
  for (const [from, to] of target.ranges) for (const id of ids.subarray(from, to + 1)) chosen.add(id);
  return [...chosen];
}

type Size = Readonly<Record<'widthPx' | 'heightPx', number>>;

/** Refuses a label that no hand can have meant. */
function requireSound(now: Annotation, before: Annotation | undefined, size: Size): void {
  switch (now.kind) {
    case 'gaze':
      requireOneDirection(now);
      return;
    case 'keypoints':
      requireKeypoints(now, before, size);
      return;
    case 'category':
      return;
  }
}

/** A gaze whose angles and vector say different things would be true in one export and false in the next. */
function requireOneDirection({ vector: [x, y, z], pitchRad, yawRad }: Gaze): void {
  const length = Math.hypot(x, y, z);
  const errors = [
    length - 1,
    Math.asin(Math.max(-1, Math.min(1, -y / length))) - pitchRad,
    Math.atan2(-x, -z) - yawRad,
  ];
  if (errors.every((error) => Math.abs(error) < GAZE_TOLERANCE)) return;
  throw badLabel('The vector of the gaze and its angles do not say the same.');
}

function requireKeypoints(now: Keypoints, before: Annotation | undefined, { widthPx, heightPx }: Size): void {
  const wanted =
    before?.kind === 'keypoints' && before.layout === now.layout ? before.points.length : undefined;
  if (wanted !== undefined && wanted !== now.points.length) {
    throw badLabel(`The layout "${now.layout}" has ${wanted} keypoints, not ${now.points.length}.`);
  }
  // Beside the image is fine, a whole image away from it is a slip of the hand.
  const far = now.points.find(
    ({ x, y, visibility }) =>
      visibility > 0 && (x < -widthPx || y < -heightPx || x > 2 * widthPx || y > 2 * heightPx),
  );
  if (far)
    throw badLabel(`A keypoint at ${far.x.toFixed(1)}, ${far.y.toFixed(1)} lies far outside of the image.`);
}

const GAZE_TOLERANCE = 1e-3;

function badLabel(message: string): StudioError {
  return new StudioError('bad-usage', message, { remedy: 'Correct the label and try again.' });
}

const counted = (images: number): string =>
  images === 1 ? '1 image' : `${images.toLocaleString('en')} images`;
