import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointHandlers } from './checkpoint-handlers.ts';
import { historyHandlers } from './history-handlers.ts';
import { runHandlers } from './run-handlers.ts';

/** The handlers of all that has to do with training and what came of it. */
export function trainingHandlers(context: StudioContext): HandlersOf<'runs' | 'checkpoints' | 'history'> {
  return { ...runHandlers(context), ...checkpointHandlers(context), ...historyHandlers(context) };
}
