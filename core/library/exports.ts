import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';
import { resolvedPath, storedPath } from './paths.ts';

export interface NewExport {
  readonly runId: number;
  /** Of the checkpoint. */
  readonly step: number;
  /** Where it was written. */
  readonly folder: string;
  readonly formats: readonly string[];
  readonly imageCount: number;
  readonly annotationCount: number;
}

export interface Export extends NewExport {
  readonly id: number;
  /** Absolute. Kept relative to the library where it lies inside or beside it. */
  readonly folder: string;
  /** Relative to the library. */
  readonly manifestPath: string;
  readonly createdAt: string;
}

export interface Exports {
  /**
   * Records a finished export. The manifest is named after the id, so put it into place in the same transaction, as
   * with packs.
   */
  add(exported: NewExport): Export;
  get(id: number): Export | undefined;
  /** In the order of their making. */
  list(): Export[];
}

/** Path of an export's manifest, relative to the library. */
export const relativeManifestPath = (id: number): string => `exports/${id}.json`;

type Row = Omit<Export, 'formats' | 'manifestPath'> & { formats: string };

const COLUMNS = `id, run_id AS runId, step, folder, formats, image_count AS imageCount,
  annotation_count AS annotationCount, created_at AS createdAt`;

export function exportTable(connection: Connection, libraryFolder: string): Exports {
  const insert = connection.prepare<[number, number, string, string, number, number, string]>(
    `INSERT INTO exports (run_id, step, folder, formats, image_count, annotation_count, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM exports WHERE id = ?`);
  const all = connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM exports ORDER BY id`);

  const fromRow = (row: Row): Export => ({
    ...row,
    folder: resolvedPath(libraryFolder, row.folder),
    formats: JSON.parse(row.formats) as string[],
    manifestPath: relativeManifestPath(row.id),
  });
  const get = (id: number): Export | undefined => {
    const row = byId.get(id);
    return row && fromRow(row);
  };
  return {
    add(exported) {
      const { insertedId } = insert.run(
        exported.runId,
        exported.step,
        storedPath(libraryFolder, exported.folder),
        JSON.stringify(exported.formats),
        exported.imageCount,
        exported.annotationCount,
        new Date().toISOString(),
      );
      const added = get(insertedId);
      if (!added) throw noSuch('export', insertedId);
      return added;
    },
    get,
    list: () => all.all().map(fromRow),
  };
}
