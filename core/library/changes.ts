import { z } from 'zod';
import { assertNever } from '../base/assert.ts';
import { storedAnnotationSchema, splitSchema } from '../contract/operations/images.ts';
import type { Changed, Split } from './images.ts';
import type { Library } from './library.ts';

const ids = z.array(z.int());

/** One step of an edit, as it is kept to undo and redo it. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tag'), tag: z.string(), on: z.boolean(), imageIds: ids }),
  z.strictObject({ kind: z.literal('rename-tag'), name: z.string(), newName: z.string() }),
  z.strictObject({ kind: z.literal('exclude'), reason: z.string().nullable(), imageIds: ids }),
  z.strictObject({ kind: z.literal('split'), split: splitSchema, imageIds: ids }),
  z.strictObject({
    kind: z.literal('label'),
    imageId: z.int(),
    of: z.enum(['gaze', 'keypoints', 'category']),
    /** Null takes it away. */
    label: storedAnnotationSchema.nullable(),
  }),
]);

export type Change = z.infer<typeof changeSchema>;

/** One that can be made of some of its images after the other. */
export type DivisibleChange = Extract<Change, { readonly imageIds: readonly number[] }>;

/** What takes a change back, and which images it changed. */
export interface AppliedChange {
  /** In the order in which they are to be applied. */
  readonly inverse: readonly Change[];
  readonly imageIds: readonly number[];
}

/** Makes one change; images that are not there any more are passed over. Inside a transaction of the caller. */
export function applyChange(library: Library, change: Change): AppliedChange {
  switch (change.kind) {
    case 'tag': {
      const { tag, on } = change;
      const imageIds = on
        ? library.tags.put(tag, change.imageIds)
        : library.tags.takeOff(tag, change.imageIds);
      return inverseOfTagging(change, imageIds);
    }
    case 'rename-tag': {
      const { name, newName } = change;
      const imageIds = library.imageSearch.ids({ tags: [name] });
      library.tags.rename(name, newName);
      return { imageIds, inverse: [{ kind: 'rename-tag', name: newName, newName: name }] };
    }
    case 'exclude':
      return inverseOfExclusion(library.images.setExcluded(change.imageIds, change.reason));
    case 'split':
      return inverseOfSplit(library.images.setSplit(change.imageIds, change.split));
    case 'label': {
      const { imageId, of, label } = change;
      if (!library.images.get(imageId)) return { imageIds: [], inverse: [] };
      const before = label
        ? library.annotations.set(imageId, label.annotation, label.author)
        : library.annotations.remove(imageId, of);
      return { imageIds: [imageId], inverse: [{ kind: 'label', imageId, of, label: before ?? null }] };
    }
    default:
      return assertNever(change, 'change');
  }
}

/** What a change would be, if it were made now; nothing is written. */
export function effectOf(library: Library, change: DivisibleChange): AppliedChange {
  switch (change.kind) {
    case 'tag':
      return inverseOfTagging(change, library.tags.having(change.tag, change.imageIds, !change.on));
    case 'exclude':
      return inverseOfExclusion(library.images.otherExcluded(change.imageIds, change.reason));
    case 'split':
      return inverseOfSplit(library.images.otherSplit(change.imageIds, change.split));
    default:
      return assertNever(change, 'change');
  }
}

function inverseOfTagging(change: Extract<Change, { kind: 'tag' }>, imageIds: number[]): AppliedChange {
  return { imageIds, inverse: imageIds.length === 0 ? [] : [{ ...change, on: !change.on, imageIds }] };
}

function inverseOfExclusion(changed: readonly Changed<string | null>[]): AppliedChange {
  return {
    imageIds: changed.map(({ imageId }) => imageId),
    inverse: byValue(changed).map(([reason, imageIds]) => ({ kind: 'exclude', reason, imageIds })),
  };
}

function inverseOfSplit(changed: readonly Changed<Split>[]): AppliedChange {
  return {
    imageIds: changed.map(({ imageId }) => imageId),
    inverse: byValue(changed).map(([split, imageIds]) => ({ kind: 'split', split, imageIds })),
  };
}

function byValue<Value>(changed: readonly Changed<Value>[]): [Value, number[]][] {
  const groups = new Map<Value, number[]>();
  for (const { imageId, before } of changed) {
    const group = groups.get(before);
    if (group) group.push(imageId);
    else groups.set(before, [imageId]);
  }
  return [...groups];
}
