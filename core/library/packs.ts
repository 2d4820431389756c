import { int32OfBlob, toBlob } from './blobs.ts';
import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

export interface NewPack {
  readonly datasetId: number;
  /** Which images of the dataset it holds. */
  readonly split: 'train' | 'test' | 'all';
  readonly preprocessingHash: string;
  /** Kept as JSON. */
  readonly preprocessing: unknown;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  readonly bitDepth: number;
  /** What decoded the images: "fast-png 8.0.0, @napi-rs/image 1.15.0". */
  readonly decoder: string;
  readonly sha256: string;
  /** Image at each place of the pack. */
  readonly imageIds: readonly number[];
}

/** A pack without its list of images, which `imageIds` reads. */
export interface Pack extends Omit<NewPack, 'imageIds'> {
  readonly id: number;
  readonly imageCount: number;
  /** Relative to the library. */
  readonly path: string;
  readonly createdAt: string;
}

export interface Packs {
  /**
   * Records a pack; one of the same dataset, split and preprocessing is replaced and keeps its id. The file is named
   * after the id, so rename it into place in the same transaction: then neither is there without the other.
   *
   *     library.transaction(() => renameSync(temporary, library.packPath(library.packs.record(pack).id)))
   */
  record(pack: NewPack): Pack;
  get(id: number): Pack | undefined;
  find(datasetId: number, split: NewPack['split'], preprocessingHash: string): Pack | undefined;
  list(): Pack[];
  /** Image ids in pack order. */
  imageIds(id: number): Int32Array;
}

/** Path of a pack's file, relative to the library. */
export const relativePackPath = (id: number): string => `packs/${id}.pack`;

type Row = Omit<Pack, 'preprocessing' | 'path'> & { preprocessing: string };

const COLUMNS = `id, dataset_id AS datasetId, split, preprocessing_hash AS preprocessingHash, preprocessing,
  width_px AS widthPx, height_px AS heightPx, channels, bit_depth AS bitDepth, decoder, sha256,
  image_count AS imageCount, created_at AS createdAt`;

export function packTable(connection: Connection): Packs {
  const upsert = connection.prepare<(number | string | Buffer)[], { id: number }>(
    `INSERT INTO packs
       (dataset_id, split, preprocessing_hash, preprocessing, width_px, height_px, channels, bit_depth, decoder,
        sha256, image_count, image_ids, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (dataset_id, split, preprocessing_hash) DO UPDATE SET
       preprocessing = excluded.preprocessing, width_px = excluded.width_px, height_px = excluded.height_px,
       channels = excluded.channels, bit_depth = excluded.bit_depth, decoder = excluded.decoder,
       sha256 = excluded.sha256, image_count = excluded.image_count, image_ids = excluded.image_ids,
       created_at = excluded.created_at
     RETURNING id`,
  );
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM packs WHERE id = ?`);
  const byContent = connection.prepare<[number, string, string], Row>(
    `SELECT ${COLUMNS} FROM packs WHERE dataset_id = ? AND split = ? AND preprocessing_hash = ?`,
  );
  const all = connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM packs ORDER BY id`);
  const imageIds = connection.prepare<[number], { imageIds: Buffer }>(
    'SELECT image_ids AS imageIds FROM packs WHERE id = ?',
  );

  const fromRow = (row: Row): Pack => ({
    ...row,
    preprocessing: JSON.parse(row.preprocessing),
    path: relativePackPath(row.id),
  });
  return {
    record(pack) {
      const ids = Int32Array.from(pack.imageIds);
      const saved = upsert.get(
        pack.datasetId,
        pack.split,
        pack.preprocessingHash,
        JSON.stringify(pack.preprocessing),
        pack.widthPx,
        pack.heightPx,
        pack.channels,
        pack.bitDepth,
        pack.decoder,
        pack.sha256,
        ids.length,
        toBlob(ids),
        new Date().toISOString(),
      );
      const row = saved && byId.get(saved.id);
      if (!row) throw noSuch('pack', `of dataset ${pack.datasetId}`);
      return fromRow(row);
    },
    get(id) {
      const row = byId.get(id);
      return row && fromRow(row);
    },
    find(datasetId, split, preprocessingHash) {
      const row = byContent.get(datasetId, split, preprocessingHash);
      return row && fromRow(row);
    },
    list: () => all.all().map(fromRow),
    imageIds(id) {
      const row = imageIds.get(id);
      if (!row) throw noSuch('pack', id);
      return int32OfBlob(row.imageIds);
    },
  };
}
