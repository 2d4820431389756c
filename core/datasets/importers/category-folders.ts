import { z } from 'zod';
import { isPicture, joinPath, walkFolder } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import { defineImporter } from './importer.ts';

const optionsSchema = z.strictObject({
  /** The categories to read; all folders where left out. */
  categories: z.array(z.string().min(1)).min(1).optional(),
  /** Which folder of the path names the category: the one below the root, or the one that holds the image. */
  level: z.enum(['first', 'last']).default('first'),
});

/** One folder per category, its name being the category of every picture below. */
export const categoryFolders = defineImporter({
  id: 'category-folders',
  title: 'Folder per category',
  describes: 'One sub-folder per category, named after it; images at any depth below.',
  roles: ['synthetic', 'real'],
  optionsSchema,
  detect: (_folder, { paths }) => {
    const pictures = paths.filter(isPicture);
    const names = new Set(pictures.filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
    const atRoot = pictures.filter((path) => !path.includes('/')).length;
    const why = `${pictures.length - atRoot} images in ${names.size} sub-folders, ${atRoot} outside of them.`;
    if (names.size < 2 || atRoot > 0) return Promise.resolve({ confidence: 0, why });
    // Folders are as often people, days or splits (p00, 0001, train) as categories (open, closed).
    const areWords = [...names].every(
      (name) => !/\d|^(?:train|test|val|validation|images|imgs)$/i.test(name),
    );
    return Promise.resolve({ confidence: areWords ? 0.5 : 0.2, why });
  },
  async *read(root, options, signal) {
    const known = options.categories && new Set(options.categories);
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      const name =
        options.level === 'first' ? folder.split('/')[0] : folder.slice(folder.lastIndexOf('/') + 1);
      for (const file of files) {
        signal.throwIfAborted();
        yield readFile(joinPath(folder, file), name, known);
      }
    }
  },
});

function readFile(path: string, name: string, known: ReadonlySet<string> | undefined): ImportItem {
  if (!isPicture(path)) return { kind: 'skipped', path, reason: 'not-a-picture', message: 'Is no image.' };
  if (name === '') {
    const message = 'Lies outside of the category folders.';
    return { kind: 'skipped', path, reason: 'image-without-label', message };
  }
  if (known && !known.has(name)) {
    const message = `"${name}" is none of the categories ${[...known].join(', ')}.`;
    return { kind: 'skipped', path, reason: 'unknown-category', message };
  }
  return { kind: 'image', path, annotations: [{ kind: 'category', name }] };
}
