import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError } from '../../base/studio-error.ts';
import { contactSheet, type SheetImage } from '../../datasets/pixels/contact-sheet.ts';
import { decodeImage } from '../../datasets/pixels/decode.ts';
import { toChannels } from '../../datasets/pixels/normalise.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import { addCommand, parseOption } from '../command.ts';
import { withLibrary } from '../open-library.ts';

export function addSheet(program: Command): void {
  addCommand(
    program,
    'sheet <file>',
    {
      summary: 'Write a contact sheet of a dataset as a PNG, to look at',
      examples: ['sheet eyes.png --dataset "eyes render" --count 60 --scale 3'],
    },
    (command) =>
      command
        .option('--dataset <name>', 'the dataset, if there are several')
        .option('--count <images>', 'how many images, evenly chosen', '48')
        .option('--columns <count>', 'images in a row', '8')
        .option('--scale <factor>', 'whole-number enlargement', '2'),
    async (context, [file], options) => {
      const number = (name: string, most: number): number =>
        parseOption(z.coerce.number().int().min(1).max(most), options[name], `--${name}`);
      const layout = { columns: number('columns', 100), scale: number('scale', 16), gapGrey: 128 };
      const count = number('count', 10_000);
      await withLibrary(context, 'read', async (library) => {
        const dataset = chooseDataset(library, z.string().optional().parse(options.dataset));
        const pictures = await readPictures(library, dataset, count);
        await writeFileAtomic(resolve(file), contactSheet(pictures, layout));
        context.terminal.line(`${pictures.length} images of "${dataset.name}" in ${resolve(file)}`);
        context.terminal.result({ file: resolve(file), dataset: dataset.name, images: pictures.length });
      });
    },
  );
}

function chooseDataset(library: Library, name: string | undefined): Dataset {
  const datasets = library.datasets.list();
  const chosen = name === undefined ? datasets : datasets.filter((dataset) => dataset.name === name);
  if (chosen.length === 1) return chosen[0];
  const names = datasets.map((dataset) => `"${dataset.name}"`).join(', ');
  throw new StudioError(
    name === undefined ? 'bad-usage' : 'not-found',
    name === undefined ? `The library has ${datasets.length} datasets.` : `There is no dataset "${name}".`,
    {
      remedy: names
        ? `Name one of ${names} with --dataset.`
        : 'Add one with "simgan import" or "simgan simulate".',
    },
  );
}

async function readPictures(library: Library, dataset: Dataset, count: number): Promise<SheetImage[]> {
  const ids = library.imageSearch.ids({ datasetIds: [dataset.id] });
  const length = Math.min(count, ids.length);
  const chosen = Array.from({ length }, (_, index) => ids[Math.floor(((index + 0.5) * ids.length) / length)]);
  const pictures: SheetImage[] = [];
  for (const { path } of library.images.getMany(chosen)) {
    const decoded = await decodeImage(join(dataset.rootPath, path), path, dataset.depth);
    const channels = decoded.channels >= 3 ? 3 : 1;
    const { pixels, widthPx, heightPx } = toChannels(decoded, channels, 'mid-grey');
    pictures.push({ pixels, widthPx, heightPx, channels, bitDepth: decoded.bitDepth });
  }
  return pictures;
}
