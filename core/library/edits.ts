import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

export interface NewEdit {
  /** "Excluded 500 images" */
  readonly title: string;
  readonly imageIds: readonly number[];
  /** What takes it back and what does it again, kept as JSON. */
  readonly undo: unknown;
  readonly redo: unknown;
}

/** An edit that was begun and not ended: by a program that is at it, or by one that was ended. */
export interface UnfinishedEdit {
  readonly id: number;
  /** Null for one that is made for the first time. */
  readonly wasUndone: boolean | null;
  readonly undo: unknown;
  readonly redo: unknown;
}

export interface Edit {
  readonly id: number;
  readonly title: string;
  readonly images: number;
  readonly at: string;
  readonly undone: boolean;
}

/** What people changed, so that it can be undone and told of. */
export interface Edits {
  /** Records an edit that is done in the same transaction. What was undone before cannot be done again after it. */
  add(edit: NewEdit): Edit;
  /**
   * Records an edit that will be done in several transactions, with all that takes it back, before the first of them.
   * Until it is finished it cannot be undone, and nothing else may be begun.
   */
  begin(edit: Omit<NewEdit, 'imageIds'> & { readonly images: number }): Edit;
  /** An edit is about to be undone, or done again, in several transactions; `setUndone` ends it. */
  beginAgain(id: number): void;
  /** Images that an edit is of, as they are changed. */
  addImages(id: number, imageIds: readonly number[]): void;
  /** An edit that was begun is done. */
  finish(id: number): Edit;
  /** An edit that was begun was taken back, as if it had never been. */
  drop(id: number): void;
  unfinished(): UnfinishedEdit | undefined;
  /** The edit that an undo takes back, with what takes it back. */
  lastDone(): { readonly edit: Edit; readonly undo: unknown } | undefined;
  /** The edit that a redo does again, with what does it. */
  firstUndone(): { readonly edit: Edit; readonly redo: unknown } | undefined;
  setUndone(id: number, undone: boolean): Edit;
  /** Newest first. */
  list(limit: number): Edit[];
  /** Those of an image, newest first. */
  ofImage(imageId: number): Edit[];
}

type Row = Omit<Edit, 'undone'> & { state: string };

const COLUMNS = 'id, title, image_count AS images, created_at AS at, state';

export function editTable(connection: Connection): Edits {
  const insert = connection.prepare<[string, number, 'done' | 'cut', string, string, string]>(
    `INSERT INTO edits (title, image_count, state, undo, redo, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const insertImages = connection.prepare<[number, string]>(
    `INSERT INTO edit_images (image_id, edit_id)
     SELECT DISTINCT value, ? FROM json_each(?) WHERE value IN (SELECT id FROM images)`,
  );
  const cut = connection.prepare<[]>("UPDATE edits SET state = 'cut' WHERE state = 'undone'");
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM edits WHERE id = ?`);
  const lastDone = connection.prepare<[], Row & { undo: string }>(
    `SELECT ${COLUMNS}, undo FROM edits WHERE state = 'done' ORDER BY id DESC LIMIT 1`,
  );
  const firstUndone = connection.prepare<[], Row & { redo: string }>(
    `SELECT ${COLUMNS}, redo FROM edits WHERE state = 'undone' ORDER BY id LIMIT 1`,
  );
  const setState = connection.prepare<[string, number]>('UPDATE edits SET state = ? WHERE id = ?');
  const list = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM edits ORDER BY id DESC LIMIT ?`);
  const ofImage = connection.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM edit_images JOIN edits ON id = edit_id WHERE image_id = ? ORDER BY id DESC`,
  );
  const mark = connection.prepare<[string]>(
    "INSERT INTO settings (key, value) VALUES ('unfinished-edit', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const unmark = connection.prepare<[]>("DELETE FROM settings WHERE key = 'unfinished-edit'");
  const unfinished = connection.prepare<[], { id: number; state: string; undo: string; redo: string }>(
    `SELECT edits.id, state, undo, redo FROM settings JOIN edits ON edits.id = CAST(value AS INTEGER)
     WHERE key = 'unfinished-edit'`,
  );
  const removeImages = connection.prepare<[number]>('DELETE FROM edit_images WHERE edit_id = ?');
  const remove = connection.prepare<[number]>('DELETE FROM edits WHERE id = ?');
  const mustGet = (id: number): Edit => {
    const row = byId.get(id);
    if (!row) throw noSuch('edit', id);
    return fromRow(row);
  };
  return {
    add: ({ title, imageIds, undo, redo }) =>
      connection.transaction(() => {
        cut.run();
        const count = new Set(imageIds).size;
        const now = new Date().toISOString();
        const { insertedId } = insert.run(
          title,
          count,
          'done',
          JSON.stringify(undo),
          JSON.stringify(redo),
          now,
        );
        insertImages.run(insertedId, JSON.stringify(imageIds));
        return mustGet(insertedId);
      }),
    begin: ({ title, images, undo, redo }) =>
      connection.transaction(() => {
        const now = new Date().toISOString();
        // Cut off, until it is done.
        const { insertedId } = insert.run(
          title,
          images,
          'cut',
          JSON.stringify(undo),
          JSON.stringify(redo),
          now,
        );
        mark.run(String(insertedId));
        return mustGet(insertedId);
      }),
    beginAgain: (id) => void mark.run(String(id)),
    addImages: (id, imageIds) => void insertImages.run(id, JSON.stringify(imageIds)),
    finish: (id) =>
      connection.transaction(() => {
        cut.run();
        setState.run('done', id);
        unmark.run();
        return mustGet(id);
      }),
    drop: (id) =>
      connection.transaction(() => {
        removeImages.run(id);
        remove.run(id);
        unmark.run();
      }),
    unfinished() {
      const row = unfinished.get();
      if (!row) return undefined;
      return {
        id: row.id,
        wasUndone: row.state === 'cut' ? null : row.state === 'undone',
        undo: JSON.parse(row.undo) as unknown,
        redo: JSON.parse(row.redo) as unknown,
      };
    },
    lastDone() {
      const row = lastDone.get();
      return row && { edit: fromRow(row), undo: JSON.parse(row.undo) as unknown };
    },
    firstUndone() {
      const row = firstUndone.get();
      return row && { edit: fromRow(row), redo: JSON.parse(row.redo) as unknown };
    },
    setUndone: (id, undone) =>
      connection.transaction(() => {
        setState.run(undone ? 'undone' : 'done', id);
        unmark.run();
        return mustGet(id);
      }),
    list: (limit) => list.all(limit).map(fromRow),
    ofImage: (imageId) => ofImage.all(imageId).map(fromRow),
  };
}

function fromRow({ id, title, images, at, state }: Row): Edit {
  return { id, title, images, at, undone: state !== 'done' };
}
