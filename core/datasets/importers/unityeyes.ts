import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError, messageOf } from '../../base/studio-error.ts';
import { imageSize } from '../pixels/image-size.ts';
import { isPicture, joinPath, stemOf, walkFolder } from './folder.ts';
import type { ImportItem, SkippedFile } from './import-item.ts';
import { defineImporter, type RefusedFile } from './importer.ts';
import { sampleNames } from './label-sample.ts';
import { convertUnityEyes, unityEyesLabelSchema } from './unityeyes-label.ts';

const optionsSchema = z.strictObject({
  /** eye: the part around the lids, as SimGAN's re-implementations crop it. whole: all of the picture. */
  crop: z.enum(['eye', 'whole']).default('eye'),
});

const IS_JSON = /\.json$/i;

/** UnityEyes (Wood et al. 2016): pictures with a JSON file of the same name beside each. */
export const unityEyes = defineImporter({
  id: 'unityeyes',
  title: 'UnityEyes',
  describes: 'Renders 1.jpg, 2.jpg … each with 1.json, 2.json …: gaze, lid margin, caruncle and iris.',
  roles: ['synthetic'],
  optionsSchema,
  async detect({ index: { root, pictures, others } }) {
    const known = new Set(pictures.map(stemOf));
    const pairs = others.filter((path) => IS_JSON.test(path) && known.has(stemOf(path)));
    const none = { confidence: 0, labelled: 0, files: [], refused: [] };
    if (pairs.length === 0) return { ...none, why: 'No image has a JSON file beside it.' };
    const looked = sampleNames(pairs.map((path) => ({ path })));
    const files: string[] = [];
    const refused: RefusedFile[] = [];
    let labelled = 0;
    for (const { item, standsFor } of looked) {
      const label = await readLabel(root, item.path);
      if ('label' in label) {
        files.push(item.path);
        labelled += standsFor;
      } else {
        refused.push({ path: item.path, why: lowerFirst(label.message) });
      }
    }
    if (files.length === 0) return { ...none, why: `${refused[0].path} ${refused[0].why}.`, refused };
    return {
      confidence: 0.95 * (0.5 + (0.5 * labelled) / pictures.length),
      labelled: Math.round(labelled),
      why: `${files.length} of ${looked.length} JSON files that were looked at are labels as UnityEyes writes them; ${pairs.length} images have one.`,
      files,
      refused,
    };
  },
  async *read(root, options, signal) {
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      const labels = new Map(files.filter((file) => IS_JSON.test(file)).map((file) => [stemOf(file), file]));
      const pictureStems = new Set(files.filter(isPicture).map(stemOf));
      for (const file of files) {
        signal.throwIfAborted();
        const path = joinPath(folder, file);
        const labelFile = labels.get(stemOf(file));
        if (!isPicture(file)) {
          if (labelFile === undefined) {
            yield { kind: 'skipped', path, reason: 'not-a-picture', message: 'Is no image.' };
          } else if (!pictureStems.has(stemOf(file))) {
            yield {
              kind: 'skipped',
              path,
              reason: 'label-without-image',
              message: 'There is no image of this name.',
            };
          }
        } else if (labelFile === undefined) {
          yield {
            kind: 'skipped',
            path,
            reason: 'image-without-label',
            message: 'There is no JSON file of this name.',
          };
        } else {
          yield await readPair(root, path, joinPath(folder, labelFile), options.crop);
        }
      }
    }
  },
});

const lowerFirst = (sentence: string): string =>
  sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');

async function readPair(
  root: string,
  path: string,
  labelPath: string,
  crop: 'eye' | 'whole',
): Promise<ImportItem> {
  const read = await readLabel(root, labelPath);
  if (!('label' in read)) return { ...read, picture: path };
  let size;
  try {
    size = await imageSize(join(root, path), path);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path, reason: 'unreadable', message: error.message };
  }
  const converted = convertUnityEyes(read.label, size);
  if ('reason' in converted) return { kind: 'skipped', path: labelPath, picture: path, ...converted };
  // The points are in the annotations; the rest says how the picture was made.
  const source = Object.fromEntries(Object.entries(read.label).filter(([key]) => !key.endsWith('_2d')));
  const image: ImportItem = { kind: 'image', path, annotations: converted.annotations, source };
  return crop === 'eye' ? { ...image, crop: converted.crop } : image;
}

async function readLabel(
  root: string,
  path: string,
): Promise<{ label: z.infer<typeof unityEyesLabelSchema> } | SkippedFile> {
  let json: unknown;
  try {
    const text = await readFile(join(root, path), 'utf8');
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { kind: 'skipped', path, reason: 'bad-label', message: `Is no JSON: ${messageOf(error)}.` };
  }
  const parsed = unityEyesLabelSchema.safeParse(json);
  if (parsed.success) return { label: parsed.data };
  if (typeof json === 'object' && json !== null && 'cameras' in json) {
    const message = 'Was written by UnityEyes 2: choose that format.';
    return { kind: 'skipped', path, reason: 'bad-label', message };
  }
  const [issue] = parsed.error.issues;
  const message = `Is no UnityEyes label (${issue.path.join('.')}: ${issue.message}).`;
  return { kind: 'skipped', path, reason: 'bad-label', message };
}
