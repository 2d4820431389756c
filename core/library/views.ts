import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

/** A search of images that was given a name; filter and sort are kept as JSON. */
export interface View {
  readonly name: string;
  readonly filter: unknown;
  readonly sort: unknown;
}

export interface Views {
  /** By name. */
  list(): View[];
  /** One of the same name is replaced. */
  save(view: View): void;
  /** Throws `StudioError` ("not-found") where there is none. */
  remove(name: string): void;
}

export function viewTable(connection: Connection): Views {
  const list = connection.prepare<[], { name: string; filter: string; sort: string }>(
    'SELECT name, filter, sort FROM views ORDER BY name',
  );
  const save = connection.prepare<[string, string, string]>(
    `INSERT INTO views (name, filter, sort) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET filter = excluded.filter, sort = excluded.sort`,
  );
  const remove = connection.prepare<[string]>('DELETE FROM views WHERE name = ?');
  return {
    list: () =>
      list.all().map(({ name, filter, sort }) => ({
        name,
        filter: JSON.parse(filter) as unknown,
        sort: JSON.parse(sort) as unknown,
      })),
    save: ({ name, filter, sort }) => void save.run(name, JSON.stringify(filter), JSON.stringify(sort)),
    remove(name) {
      if (remove.run(name).changes === 0) throw noSuch('view', name);
    },
  };
}
