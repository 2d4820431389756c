import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { runActions } from './run-actions.ts';
import { runQueries } from './run-queries.ts';
import { runStorage } from './run-storage-handlers.ts';

export function runHandlers(context: StudioContext): HandlersOf<'runs'> {
  return { runs: { ...runQueries(context), ...runActions(context), ...runStorage(context) } };
}
