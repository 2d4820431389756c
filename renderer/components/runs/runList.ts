import type { Run } from '../../stores/runStore.ts';

export type RunShow = 'active' | 'archived' | 'trashed';
export type RunSort = 'name' | 'status' | 'realism' | 'drift' | 'downstream' | 'steps' | 'time' | 'made';

export interface ListOptions {
  readonly show: RunShow;
  readonly filter: string;
  readonly sort: RunSort;
  readonly descending: boolean;
}

/** A row of the list: a branch stands below what it came from, further in. */
export interface RunRow {
  readonly run: Run;
  readonly depth: number;
}

const isShown = (run: Run, show: RunShow): boolean =>
  show === 'trashed' ? run.trashed : !run.trashed && run.archived === (show === 'archived');

function matches(run: Run, filter: string): boolean {
  const all = [run.name, run.status, run.notes, run.verdict ?? '', ...run.tags].join('\n').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

const keys: Record<RunSort, (run: Run) => number | string> = {
  name: ({ name }) => name,
  status: ({ status }) => status,
  realism: ({ bestScores }) => bestScores?.realism ?? -Infinity,
  drift: ({ bestScores }) => bestScores?.driftPx ?? Infinity,
  downstream: ({ downstream }) => downstream?.error ?? Infinity,
  steps: ({ step }) => step,
  time: ({ seconds }) => seconds,
  made: ({ id }) => id,
};

const collator = new Intl.Collator('en', { numeric: true });

function compare(left: number | string, right: number | string): number {
  if (typeof left === 'string' || typeof right === 'string')
    return collator.compare(String(left), String(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The runs that are shown, in order, branches below their parents. One whose parent is not shown stands by itself.
 */
export function rowsOf(runs: readonly Run[], { show, filter, sort, descending }: ListOptions): RunRow[] {
  const shown = runs.filter((run) => isShown(run, show) && matches(run, filter));
  const ids = new Set(shown.map(({ id }) => id));
  const key = keys[sort];
  const sorted = shown.sort((left, right) => (descending ? -1 : 1) * compare(key(left), key(right)));
  const children = Map.groupBy(sorted, ({ parent }) => (parent && ids.has(parent.runId) ? parent.runId : 0));
  const below = (parentId: number, depth: number): RunRow[] =>
    (children.get(parentId) ?? []).flatMap((run) => [{ run, depth }, ...below(run.id, depth + 1)]);
  return below(0, 0);
}
