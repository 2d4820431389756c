import { Argument, Option, type Command } from 'commander';
import { z } from 'zod';
import { simulateDataset } from '../../studio/data/simulation.ts';
import { addCommand, parseOption } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { grouped } from '../terminal.ts';

const countSchema = z.coerce.number().int().min(1).max(10_000_000);
const sideSchema = z.coerce.number().int().min(16).max(1024);

const DEFAULT_SIZES = { eye: { widthPx: 55, heightPx: 35 }, hand: { widthPx: 96, heightPx: 96 } } as const;

export function addSimulate(program: Command): void {
  addCommand(
    program,
    'simulate',
    {
      summary: 'Make labelled pictures of eyes or hands, clean ones or as a camera would take them',
      examples: ['simulate eye --count 2000', 'simulate eye --count 2000 --look camera --seed 2'],
    },
    (command) =>
      command
        .addArgument(new Argument('<subject>', 'what to draw').choices(['eye', 'hand']))
        .option('--count <images>', 'how many pictures', '1000')
        .addOption(
          new Option('--look <look>', 'render: clean, the synthetic set; camera: a stand-in for the real set')
            .choices(['render', 'camera'])
            .default('render'),
        )
        .option('--name <name>', 'name of the dataset (default: subject and look)')
        .option('--seed <number>', 'start of every random choice', '1')
        .option('--width <px>', 'width of the pictures (default: 55 for eyes, 96 for hands)')
        .option('--height <px>', 'height of the pictures (default: 35 for eyes, 96 for hands)'),
    async (context, [subjectText], options) => {
      const subject = z.enum(['eye', 'hand']).parse(subjectText);
      const look = z.enum(['render', 'camera']).parse(options.look);
      const size = DEFAULT_SIZES[subject];
      const request = {
        subject,
        look,
        name: parseOption(z.string().min(1), options.name ?? `${subject}s ${look}`, '--name'),
        count: parseOption(countSchema, options.count, '--count'),
        seed: parseOption(z.coerce.number().int().min(0), options.seed, '--seed'),
        widthPx: parseOption(sideSchema, options.width ?? size.widthPx, '--width'),
        heightPx: parseOption(sideSchema, options.height ?? size.heightPx, '--height'),
      };
      await withLibrary(context, 'write', async (library) => {
        const dataset = await simulateDataset(library, request, {
          signal: context.signal,
          onProgress: context.terminal.progress,
        });
        context.terminal.line(
          `Made ${grouped(request.count)} ${dataset.role} images: dataset "${dataset.name}"`,
        );
        context.terminal.result({ dataset: dataset.name, role: dataset.role, images: request.count });
      });
    },
  );
}
