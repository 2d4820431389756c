import type { Connection } from './connection.ts';
import { noSuch, withUniqueName } from './errors.ts';

interface TagCount {
  readonly name: string;
  readonly images: number;
}

export interface Tags {
  /** All tags by name. */
  list(): TagCount[];
  /** Tags of an image, by name. */
  of(imageId: number): string[];
  /** Tags of many images, by name; images without any are not in the map. */
  ofMany(imageIds: readonly number[]): Map<number, string[]>;
  /** Those of some images that have a tag, or that do not; ascending. */
  having(name: string, imageIds: readonly number[], has: boolean): number[];
  /**
   * Puts a tag on images, making the tag if it is new; returns the images that did not have it. Ids that are not there
   * are left out.
   */
  put(name: string, imageIds: readonly number[]): number[];
  /** Takes a tag off images; returns those that had it. A tag that no image has is gone. */
  takeOff(name: string, imageIds: readonly number[]): number[];
  /** Throws `StudioError` ("busy") when the new name is taken. */
  rename(name: string, newName: string): void;
}

export function tagTable(connection: Connection): Tags {
  const list = connection.prepare<[], TagCount>(
    `SELECT name, count(*) AS images FROM tags JOIN image_tags ON tag_id = id GROUP BY id ORDER BY name`,
  );
  const of = connection.prepare<[number], { name: string }>(
    'SELECT name FROM tags JOIN image_tags ON tag_id = id WHERE image_id = ? ORDER BY name',
  );
  const ofMany = connection.prepare<[string], { imageId: number; name: string }>(
    `SELECT image_id AS imageId, name FROM image_tags JOIN tags ON tag_id = id
     WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY name`,
  );
  const having = connection.prepare<[string, string, number], { imageId: number }>(
    `SELECT id AS imageId FROM images
     WHERE id IN (SELECT value FROM json_each(?)) AND EXISTS (
       SELECT 1 FROM image_tags WHERE image_id = images.id AND tag_id = (SELECT id FROM tags WHERE name = ?)
     ) = ? ORDER BY id`,
  );
  const find = connection.prepare<[string], { id: number }>('SELECT id FROM tags WHERE name = ?');
  const make = connection.prepare<[string]>('INSERT INTO tags (name) VALUES (?) ON CONFLICT DO NOTHING');
  const put = connection.prepare<[string, string], { imageId: number }>(
    `INSERT INTO image_tags (image_id, tag_id)
     SELECT value, (SELECT id FROM tags WHERE name = ?) FROM json_each(?) WHERE value IN (SELECT id FROM images)
     ON CONFLICT DO NOTHING RETURNING image_id AS imageId`,
  );
  const takeOff = connection.prepare<[string, string], { imageId: number }>(
    `DELETE FROM image_tags
     WHERE tag_id = (SELECT id FROM tags WHERE name = ?) AND image_id IN (SELECT value FROM json_each(?))
     RETURNING image_id AS imageId`,
  );
  const dropUnused = connection.prepare<[string]>(
    'DELETE FROM tags WHERE name = ? AND NOT EXISTS (SELECT 1 FROM image_tags WHERE tag_id = id)',
  );
  const rename = connection.prepare<[string, string]>('UPDATE tags SET name = ? WHERE name = ?');

  const ascending = (rows: { imageId: number }[]): number[] =>
    rows.map((row) => row.imageId).sort((left, right) => left - right);
  return {
    list: () => list.all(),
    of: (imageId) => of.all(imageId).map((row) => row.name),
    ofMany(imageIds) {
      const found = new Map<number, string[]>();
      for (const { imageId, name } of ofMany.all(JSON.stringify(imageIds))) {
        const others = found.get(imageId);
        if (others) others.push(name);
        else found.set(imageId, [name]);
      }
      return found;
    },
    having: (name, imageIds, has) =>
      having.all(JSON.stringify(imageIds), name, has ? 1 : 0).map((row) => row.imageId),
    put: (name, imageIds) =>
      connection.transaction(() => {
        if (imageIds.length === 0) return [];
        make.run(name);
        const changed = ascending(put.all(name, JSON.stringify(imageIds)));
        dropUnused.run(name);
        return changed;
      }),
    takeOff: (name, imageIds) =>
      connection.transaction(() => {
        const changed = ascending(takeOff.all(name, JSON.stringify(imageIds)));
        dropUnused.run(name);
        return changed;
      }),
    rename(name, newName) {
      if (!find.get(name)) throw noSuch('tag', name);
      withUniqueName('tag', newName, () => rename.run(newName, name));
    },
  };
}
