import { z } from 'zod';
import { folderOf, isPicture, joinPath, walkFolder } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import { defineImporter } from './importer.ts';

const optionsSchema = z.strictObject({
  /** The categories to read; all folders where left out. */
  categories: z.array(z.string().min(1)).min(1).optional(),
  /**
   * Which folder of the path names the category: the one below the root, the one that holds the image, or the first that
   * is no split of the data such as "train".
   */
  level: z.enum(['named', 'first', 'last']).default('named'),
});

type Level = z.output<typeof optionsSchema>['level'];

/** Folders that say where images are from or what they are for, and not what they show. */
const NO_CATEGORY =
  /^(?:train|training|test|testing|val|valid|validation|dev|eval|split\d*|images?|imgs?|pictures?|photos?|frames?|crops?|colou?r|rgb|depth|gr[ae]y|data|datasets?|synthetic|real|renders?|rendered|outputs?|out|all|raw|jpe?gs?|pngs?|jpegimages|labels?|annotations?)$/i;
/** People, days and recordings: p00, s12, day01, 0001, subject0003. */
const NUMBERED = /^(?:\d{4,}|[a-z]*[ _-]?\d+[a-z]?)$/i;
const DIGITS = /^\d{1,3}$/;

const isCategory = (name: string): boolean => !NO_CATEGORY.test(name);

/** A word, or a short number as data sets of digits have it. */
const isLikely = (name: string): boolean => isCategory(name) && (DIGITS.test(name) || !NUMBERED.test(name));

/** '' where no folder names the category. */
function categoryOf(folder: string, level: Level): string {
  const parts = folder.split('/');
  switch (level) {
    case 'first':
      return parts[0];
    case 'last':
      return parts[parts.length - 1];
    case 'named':
      return parts.find(isCategory) ?? '';
  }
}

/** One folder per category, its name being the category of every picture below. */
export const categoryFolders = defineImporter({
  id: 'category-folders',
  title: 'Folder per category',
  describes: 'One sub-folder per category, named after it; images at any depth below.',
  roles: ['synthetic', 'real'],
  optionsSchema,
  detect: ({ index: { pictures } }, { level }) => {
    const names = pictures.map((path) => categoryOf(folderOf(path), level));
    const labelled = names.filter((name) => name !== '').length;
    const categories = [...new Set(names)].filter((name) => name !== '');
    const share = pictures.length === 0 ? 0 : labelled / pictures.length;
    // Folders are as often people, days or recordings (p00, 0001) as categories (open, closed).
    const certainty = categories.every(isLikely) ? 0.5 : 0.2;
    const shown = categories.slice(0, 5).join(', ') + (categories.length > 5 ? ' …' : '');
    return Promise.resolve({
      confidence: labelled === 0 ? 0 : certainty * (0.5 + 0.5 * share),
      labelled,
      why: `${labelled} of ${pictures.length} images lie in folders that may be categories: ${shown || 'none'}.`,
      files: [],
      refused: [],
    });
  },
  async *read(root, options, signal) {
    const known = options.categories && new Set(options.categories);
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      const name = categoryOf(folder, options.level);
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
