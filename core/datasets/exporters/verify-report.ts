import type { ExportHeader } from './export-sample.ts';
import type { LabelFormatId } from './manifest.ts';

/** `labels`: a label file and the manifest disagree about which images there are. */
export type ProblemKind = 'missing' | 'changed' | 'extra' | 'unreadable' | 'labels';

interface VerifyProblem {
  readonly kind: ProblemKind;
  /** Relative to the export. */
  readonly path: string;
  readonly message: string;
}

/** Plain values only, so that it is JSON as it stands. */
export interface VerifyReport {
  /** Absolute. */
  readonly folder: string;
  readonly header: ExportHeader;
  readonly formats: readonly LabelFormatId[];
  /** Of `manifest.json` as it is now. */
  readonly manifestSha256: string;
  readonly imageCount: number;
  readonly checkedFiles: number;
  readonly checkedBytes: number;
  /** No problem at all. */
  readonly isIntact: boolean;
  readonly problemCounts: Readonly<Record<ProblemKind, number>>;
  /** The first thousand. */
  readonly problems: readonly VerifyProblem[];
}

export interface ProblemList {
  add(kind: ProblemKind, path: string, message: string): void;
  result(): Pick<VerifyReport, 'isIntact' | 'problemCounts' | 'problems'>;
}

const MAX_LISTED = 1000;

export function createProblemList(): ProblemList {
  const problems: VerifyProblem[] = [];
  const problemCounts = { missing: 0, changed: 0, extra: 0, unreadable: 0, labels: 0 };
  return {
    add(kind, path, message) {
      problemCounts[kind] += 1;
      if (problems.length < MAX_LISTED) problems.push({ kind, path, message });
    },
    result: () => ({ isIntact: total(problemCounts) === 0, problemCounts, problems }),
  };
}

const SHOWN = 20;

/** The report for a person: one line when all is well, else a line per problem, the first twenty. */
export function describeVerifyReport(report: VerifyReport): string {
  const { problems, problemCounts, header } = report;
  const of = `${report.imageCount} images of run "${header.runName}", step ${header.step}`;
  if (report.isIntact) {
    return `Intact: ${report.checkedFiles} files are as they were exported (${of}).`;
  }
  const count = total(problemCounts);
  const kinds = Object.entries(problemCounts).filter(([, found]) => found > 0);
  const lines = problems
    .slice(0, SHOWN)
    .map(({ kind, path, message }) => `  ${kind.padEnd(10)} ${path}: ${message}`);
  if (count > lines.length) lines.push(`  … and ${count - lines.length} more`);
  return [
    `NOT intact: ${kinds.map(([kind, found]) => `${found} ${kind}`).join(', ')} (${of}).`,
    ...lines,
  ].join('\n');
}

function total(counts: Readonly<Record<ProblemKind, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
