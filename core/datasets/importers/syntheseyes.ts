import { z } from 'zod';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { isPicture, joinPath, stemOf, walkFolder } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import { defineImporter } from './importer.ts';

/** `<head model>_<index>_<vertical>_<horizontal>`: radians, up and toward the left edge of the image positive. */
const NAME = /^([A-Za-z]\w*?)_(\d+)_([^_]+)_([^_]+)$/;

/**
 * SynthesEyes (Wood et al. 2015): the gaze stands in the file name. The pickles beside the pictures, which hold
 * landmarks, are not read.
 */
export const synthesEyes = defineImporter({
  id: 'syntheseyes',
  title: 'SynthesEyes',
  describes: 'Renders named like f01_122_-0.1963_0.3927.png (vertical and horizontal gaze in radians).',
  roles: ['synthetic'],
  optionsSchema: z.strictObject({}),
  detect: ({ index: { pictures } }) => {
    const named = pictures.filter((path) => typeof readName(path) === 'object').length;
    return Promise.resolve({
      confidence: named > 0 ? 0.95 * (0.5 + (0.5 * named) / pictures.length) : 0,
      labelled: named,
      why: `${named} of ${pictures.length} images are named as SynthesEyes names them.`,
      files: [],
      refused: [],
    });
  },
  async *read(root, _options, signal) {
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      const pictureStems = new Set(files.filter(isPicture).map(stemOf));
      for (const file of files) {
        signal.throwIfAborted();
        const path = joinPath(folder, file);
        if (isPicture(file)) yield readPicture(path);
        else if (!/\.pkl$/i.test(file))
          yield { kind: 'skipped', path, reason: 'not-a-picture', message: 'Is no image.' };
        else if (!pictureStems.has(stemOf(file))) {
          yield {
            kind: 'skipped',
            path,
            reason: 'label-without-image',
            message: 'There is no image of this name.',
          };
        }
      }
    }
  },
});

function readPicture(path: string): ImportItem {
  const label = readName(path);
  if (label === undefined) {
    const message = 'The file name holds no gaze, as in f01_122_-0.1963_0.3927.png.';
    return { kind: 'skipped', path, reason: 'image-without-label', message };
  }
  if (typeof label === 'string') {
    return {
      kind: 'skipped',
      path,
      reason: 'nan-label',
      message: `The gaze ${label} in the file name is no number.`,
    };
  }
  const { model, index, pitchRad, yawRad } = label;
  return { kind: 'image', path, annotations: [gazeFromAngles(pitchRad, yawRad)], source: { model, index } };
}

/** Undefined for another name, the text of the angles where they are no numbers. */
function readName(
  path: string,
): { model: string; index: number; pitchRad: number; yawRad: number } | string | undefined {
  const match = NAME.exec(stemOf(path.slice(path.lastIndexOf('/') + 1)));
  if (!match) return undefined;
  const [, model, index, vertical, horizontal] = match;
  // Number('') is 0, which is no label.
  const [pitchRad, yawRad] = [vertical, horizontal].map((text) =>
    text.trim() === '' ? Number.NaN : Number(text),
  );
  if (!Number.isFinite(pitchRad) || !Number.isFinite(yawRad)) return `${vertical}, ${horizontal}`;
  return { model, index: Number(index), pitchRad, yawRad };
}
