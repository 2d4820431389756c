import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { errorOf, temporaryFolder } from './temporary-library.ts';

test('a full disk is a storage error, and what was committed before is still there', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  connection.execute('CREATE TABLE notes (text TEXT) STRICT; PRAGMA max_page_count = 20');
  const insert = connection.prepare<[string]>('INSERT INTO notes VALUES (?)');
  insert.run('kept');
  // SQLite's own limit gives the same result code as a disk without space.
  const error = errorOf(() => connection.transaction(() => insert.run('x'.repeat(200_000))));
  expect(error.code).toBe('storage');
  expect(error.message).toContain('disk is full');
  const rows = connection.prepare<[], { text: string }>('SELECT text FROM notes').all();
  expect(rows).toEqual([{ text: 'kept' }]);
  connection.close();
});

test('a folder in place of the file is a storage error', () => {
  using folder = temporaryFolder();
  expect(errorOf(() => openConnection(folder.path, 'write')).code).toBe('storage');
});
