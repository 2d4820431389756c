import type { Connection } from './connection.ts';

/** Points images at the first image of the library with the same bytes, or at none. */
export function duplicateMarker(connection: Connection): (imageIds: readonly number[]) => void {
  const mark = connection.prepare<[string]>(
    `UPDATE images SET duplicate_of =
       (SELECT min(id) FROM images AS other WHERE other.sha256 = images.sha256 AND other.id < images.id)
     WHERE id IN (SELECT value FROM json_each(?))`,
  );
  return (imageIds) => void mark.run(JSON.stringify(imageIds));
}
