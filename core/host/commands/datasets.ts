import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { grouped, table } from '../terminal.ts';

export function addDatasets(program: Command): void {
  addCommand(
    program,
    'datasets',
    { summary: 'List the datasets of the library', examples: ['datasets'] },
    (command) => command,
    async (context) => {
      await withLibrary(context, 'read', (library) => {
        const counts = library.imageSearch.counts();
        const rows = library.datasets.list().map(({ id, name, role, format, rootPath }) => {
          const ofSplits = counts.filter(({ datasetId }) => datasetId === id);
          const sum = (column: 'total' | 'inUse' | 'withGaze' | 'withKeypoints' | 'withCategory'): number =>
            ofSplits.reduce((all, count) => all + count[column], 0);
          return {
            name,
            role,
            format,
            images: sum('total'),
            inUse: sum('inUse'),
            withGaze: sum('withGaze'),
            withKeypoints: sum('withKeypoints'),
            withCategory: sum('withCategory'),
            folder: rootPath,
          };
        });
        context.terminal.result(rows);
        context.terminal.line(
          rows.length === 0
            ? 'No datasets yet. Add one with "simgan import" or "simgan simulate".'
            : table(
                [
                  { title: 'name' },
                  { title: 'role' },
                  { title: 'images', align: 'right' },
                  { title: 'format' },
                  { title: 'folder' },
                ],
                rows.map((row) => [row.name, row.role, grouped(row.images), row.format, row.folder]),
              ),
        );
      });
    },
  );
}
