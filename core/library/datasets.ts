import { depthMapsSchema, type DepthMaps } from '../contract/depth-maps.ts';
import type { Connection } from './connection.ts';
import { duplicateMarker } from './duplicates.ts';
import { ifUnused, noSuch, withUniqueName } from './errors.ts';
import { resolvedPath, storedPath } from './paths.ts';

export type DatasetRole = 'synthetic' | 'real';

export interface NewDataset {
  readonly name: string;
  readonly role: DatasetRole;
  /** Id of the importer that read it. */
  readonly format: string;
  /** Folder of the images. */
  readonly rootPath: string;
  /** True when the files were copied into the library, false when they are referenced in place. */
  readonly copied: boolean;
  /** Kept as JSON. */
  readonly importOptions: unknown;
  readonly keypointLayout: string | null;
  /** Set where the images are depth maps. */
  readonly depth?: DepthMaps | null;
}

export interface Dataset extends NewDataset {
  readonly id: number;
  /** Absolute. Kept relative to the library where it lies inside or beside it. */
  readonly rootPath: string;
  readonly depth: DepthMaps | null;
  readonly createdAt: string;
}

export interface Datasets {
  /** Throws `StudioError` ("busy") when the name is taken. */
  add(dataset: NewDataset): Dataset;
  get(id: number): Dataset | undefined;
  byName(name: string): Dataset | undefined;
  /** In the order of their making. */
  list(): Dataset[];
  rename(id: number, name: string): void;
  /** The folder was moved: the images are now found below another root. */
  relocate(id: number, rootPath: string): void;
  setKeypointLayout(id: number, layout: string): void;
  /**
   * Removes a dataset with its images and annotations; files stay. Throws `StudioError` ("busy") when a pack or a
   * refined image was made of it.
   */
  remove(id: number): void;
}

type Row = Omit<Dataset, 'copied' | 'importOptions' | 'depth'> & {
  copied: number;
  importOptions: string;
  depth: string | null;
};

const COLUMNS = `id, name, role, format, root_path AS rootPath, copied, import_options AS importOptions,
  keypoint_layout AS keypointLayout, depth, created_at AS createdAt`;

export function datasetTable(connection: Connection, libraryFolder: string): Datasets {
  const insert = connection.prepare<
    [string, string, string, string, number, string, string | null, string | null, string]
  >(
    `INSERT INTO datasets
       (name, role, format, root_path, copied, import_options, keypoint_layout, depth, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM datasets WHERE id = ?`);
  const byName = connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM datasets WHERE name = ?`);
  const all = connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM datasets ORDER BY id`);
  const setName = connection.prepare<[string, number]>('UPDATE datasets SET name = ? WHERE id = ?');
  const setRoot = connection.prepare<[string, number]>('UPDATE datasets SET root_path = ? WHERE id = ?');
  const setLayout = connection.prepare<[string, number]>(
    'UPDATE datasets SET keypoint_layout = ? WHERE id = ?',
  );
  const remove = connection.prepare<[number]>('DELETE FROM datasets WHERE id = ?');

  const sharedHashes = connection.prepare<[number, number], { hash: string }>(
    `SELECT DISTINCT lower(hex(images.sha256)) AS hash
     FROM images JOIN images AS original ON original.id = images.duplicate_of
     WHERE original.dataset_id = ? AND images.dataset_id <> ?`,
  );
  const markDuplicates = duplicateMarker(connection);

  const fromRow = (row: Row): Dataset => ({
    ...row,
    rootPath: resolvedPath(libraryFolder, row.rootPath),
    copied: row.copied === 1,
    importOptions: JSON.parse(row.importOptions),
    depth: row.depth === null ? null : depthMapsSchema.parse(JSON.parse(row.depth)),
  });
  const get = (id: number): Dataset | undefined => {
    const row = byId.get(id);
    return row && fromRow(row);
  };
  const existing = (id: number): Dataset => {
    const dataset = get(id);
    if (!dataset) throw noSuch('dataset', id);
    return dataset;
  };
  return {
    add(dataset) {
      const { insertedId } = withUniqueName('dataset', dataset.name, () =>
        insert.run(
          dataset.name,
          dataset.role,
          dataset.format,
          storedPath(libraryFolder, dataset.rootPath),
          dataset.copied ? 1 : 0,
          JSON.stringify(dataset.importOptions),
          dataset.keypointLayout,
          dataset.depth ? JSON.stringify(dataset.depth) : null,
          new Date().toISOString(),
        ),
      );
      return existing(insertedId);
    },
    get,
    byName(name) {
      const row = byName.get(name);
      return row && fromRow(row);
    },
    list: () => all.all().map(fromRow),
    rename(id, name) {
      existing(id);
      withUniqueName('dataset', name, () => setName.run(name, id));
    },
    relocate(id, rootPath) {
      existing(id);
      setRoot.run(storedPath(libraryFolder, rootPath), id);
    },
    setKeypointLayout(id, layout) {
      existing(id);
      setLayout.run(layout, id);
    },
    remove(id) {
      const { name } = existing(id);
      connection.transaction(() => {
        const hashes = sharedHashes.all(id, id).map((row) => row.hash);
        ifUnused(`The dataset "${name}"`, () => void remove.run(id));
        markDuplicates(hashes);
      });
    },
  };
}
