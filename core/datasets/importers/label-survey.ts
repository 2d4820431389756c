import { indexFolder } from './folder.ts';
import type { Survey } from './importer.ts';
import { labelDocument } from './label-document.ts';
import { createPictureNames } from './picture-names.ts';

/** Endings of files that may hold labels, whether they can be read or not. */
const LABEL_LIKE =
  /\.(?:csv|tsv|tab|txt|jsonl?|ndjson|xml|ya?ml|label|labels|mat|h5|hdf5|npy|npz|pkl|pickle|p|parquet|arrow|feather|db|sqlite|xlsx?|ods|tfrecords?|zip|tar|t?gz|7z|lst|list|ann|dat|bin|pts|cat|gt)$/i;

/** Files that stand beside data and hold no labels. */
const NO_LABELS =
  /(?:^|\/)(?:(?:read_?me|licen[cs]e|copying|changelog)(?:\.\w+)?|(?:classes|requirements)\.txt|package(?:-lock)?\.json)$/i;

const isLabelLike = (path: string): boolean => LABEL_LIKE.test(path) && !NO_LABELS.test(path);

/** @throws as `indexFolder` */
export async function surveyOf(root: string, signal: AbortSignal): Promise<Survey> {
  const index = await indexFolder(root, signal);
  return {
    index,
    names: createPictureNames(root, index.pictures),
    documents: index.others.filter(isLabelLike).map((path) => labelDocument(root, path)),
  };
}
