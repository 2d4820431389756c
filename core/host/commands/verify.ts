import type { Command } from 'commander';
import { verifyExport } from '../../datasets/exporters/verify-export.ts';
import { describeVerifyReport } from '../../datasets/exporters/verify-report.ts';
import { addCommand, EXIT } from '../command.ts';

export function addVerify(program: Command): void {
  addCommand(
    program,
    'verify <folder>',
    {
      summary: 'Check an export against its manifest: every file, every label file',
      examples: ['verify out/', 'verify out/ --json'],
      worksInLibrary: false,
    },
    (command) => command,
    async ({ terminal, signal }, [folder]) => {
      const report = await verifyExport(folder, { signal, onProgress: terminal.progress });
      terminal.endProgress();
      terminal.line(describeVerifyReport(report));
      terminal.result(report);
      if (!report.isIntact) process.exitCode = EXIT.failed;
    },
  );
}
