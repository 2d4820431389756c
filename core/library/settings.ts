import type { Connection } from './connection.ts';

/** The library's own name. Undefined where its making was cut short before it got one. */
export function readName(connection: Connection): string | undefined {
  return connection.prepare<[], { value: string }>("SELECT value FROM settings WHERE key = 'name'").get()
    ?.value;
}

export function writeName(connection: Connection, name: string): void {
  connection
    .prepare<[string]>(
      "INSERT INTO settings (key, value) VALUES ('name', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .run(name);
}
