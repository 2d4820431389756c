import { z } from 'zod';
import { isPicture, joinPath, walkFolder } from './folder.ts';
import { defineImporter } from './importer.ts';

/** Pictures in a folder and those below, without labels. */
export const plainFolder = defineImporter({
  id: 'plain-folder',
  title: 'Folder of images',
  describes:
    'Images (PNG, JPEG, WebP, AVIF, TIFF, BMP, PGM, PPM) in a folder and its sub-folders, without labels.',
  roles: ['synthetic', 'real'],
  optionsSchema: z.strictObject({}),
  detect: ({ index: { pictures, others } }) =>
    Promise.resolve({
      confidence: pictures.length > 0 ? 0.3 : 0,
      labelled: 0,
      why: `${pictures.length} of ${pictures.length + others.length} files are images; no labels are read.`,
      files: [],
      refused: [],
    }),
  async *read(root, _options, signal) {
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      for (const file of files) {
        signal.throwIfAborted();
        const path = joinPath(folder, file);
        if (isPicture(file)) yield { kind: 'image', path, annotations: [] };
        else yield { kind: 'skipped', path, reason: 'not-a-picture', message: 'Is no image.' };
      }
    }
  },
});
