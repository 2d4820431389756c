import type { Command } from 'commander';
import { createLibrary } from '../../library/library.ts';
import { addCommand } from '../command.ts';

export function addInit(program: Command): void {
  addCommand(
    program,
    'init <folder>',
    {
      summary: 'Make a new library: a folder that holds everything of a project',
      examples: ['init "My eyes.simgan"'],
      worksInLibrary: false,
    },
    (command) => command,
    ({ terminal }, [folder]) => {
      using library = createLibrary(folder);
      terminal.line(`Made the library "${library.name}" in ${library.folder}`);
      terminal.line('Next: simgan import synthetic FOLDER, simgan import real FOLDER, simgan train');
      terminal.result({ folder: library.folder, name: library.name });
    },
  );
}
