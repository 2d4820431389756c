import { z } from 'zod';
import { applyChange, changeSchema } from './changes.ts';
import type { Library } from './library.ts';

/**
 * An edit of many images is made in several transactions. Where that was cut short, all images are brought back to what
 * they were before it, in one: what was to be done was not, what was to be undone is still done.
 */
export function takeBackUnfinishedEdit(library: Library): void {
  const found = library.edits.unfinished();
  if (!found) return;
  const { id, wasUndone, undo, redo } = found;
  library.transaction(() => {
    for (const change of z.array(changeSchema).parse(wasUndone === false ? redo : undo)) {
      applyChange(library, change);
    }
    if (wasUndone === null) library.edits.drop(id);
    else library.edits.setUndone(id, wasUndone);
  });
}
