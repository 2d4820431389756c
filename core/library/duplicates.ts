import type { Connection } from './connection.ts';

/** Finds the first image of the library for each hash (lower-case hexadecimal) that it knows. */
export function firstImages(connection: Connection): (hashes: readonly string[]) => Map<string, number> {
  const find = connection.prepare<[string], { hash: string; id: number }>(
    `SELECT lower(hex(sha256)) AS hash, min(id) AS id FROM images
     WHERE sha256 IN (SELECT unhex(value) FROM json_each(?)) GROUP BY sha256`,
  );
  return (hashes) => new Map(find.all(JSON.stringify(hashes)).map(({ hash, id }) => [hash, id]));
}

/** Points all images with one of these hashes at the first one with the same bytes, and that one at none. */
export function duplicateMarker(connection: Connection): (hashes: readonly string[]) => void {
  const mark = connection.prepare<[string]>(
    `UPDATE images SET duplicate_of =
       (SELECT min(id) FROM images AS other WHERE other.sha256 = images.sha256 AND other.id < images.id)
     WHERE sha256 IN (SELECT unhex(value) FROM json_each(?))`,
  );
  return (hashes) => void mark.run(JSON.stringify(hashes));
}
