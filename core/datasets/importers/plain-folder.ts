import { z } from 'zod';
import { isPicture, joinPath, walkFolder } from './folder.ts';
import { defineImporter } from './importer.ts';

/** Pictures in a folder and those below, without labels. */
export const plainFolder = defineImporter({
  id: 'plain-folder',
  title: 'Folder of images',
  describes: 'Images (PNG, JPEG, WebP, TIFF, BMP) in a folder and its sub-folders, without labels.',
  roles: ['synthetic', 'real'],
  optionsSchema: z.strictObject({}),
  detect: (_folder, { paths }) => {
    const pictures = paths.filter(isPicture).length;
    return Promise.resolve(
      pictures > 0
        ? { confidence: 0.3, why: `${pictures} of ${paths.length} files are images.` }
        : { confidence: 0, why: 'There is no image.' },
    );
  },
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
