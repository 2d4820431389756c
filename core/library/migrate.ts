import { StudioError } from '../base/studio-error.ts';
import type { Connection } from './connection.ts';
import { firstSchema } from './migrations/0001-first-schema.ts';
import { runEvents } from './migrations/0002-run-events.ts';
import { studio } from './migrations/0003-studio.ts';
import { corrections } from './migrations/0004-corrections.ts';
import { workedSeconds } from './migrations/0005-worked-seconds.ts';
import { depthMaps } from './migrations/0006-depth-maps.ts';
import { metricBlocks } from './migrations/0007-metric-blocks.ts';
import { imageCounts } from './migrations/0008-image-counts.ts';
import { packedHistory } from './migrations/0009-packed-history.ts';
import { historyBlocks } from './migrations/0010-history-blocks.ts';
import type { Migration } from './migrations/migration.ts';

/** "SIMG": tells a library from any other SQLite file of that name. */
const APPLICATION_ID = 0x53494d47;

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [
  firstSchema,
  runEvents,
  studio,
  corrections,
  workedSeconds,
  depthMaps,
  metricBlocks,
  imageCounts,
  packedHistory,
  historyBlocks,
];

/** True when the database must be migrated before this program can read it. */
export function needsMigration(connection: Connection, steps = migrations): boolean {
  const version = checkedVersion(connection, steps);
  return version < steps.length;
}

/**
 * Brings the database to the newest schema, each step and its number in one transaction, so that a kill leaves the
 * old schema or the new one. A database of a newer program is refused with `StudioError` ("too-new"), one that is no
 * library with "bad-input".
 */
export function migrate(connection: Connection, steps = migrations): void {
  const version = checkedVersion(connection, steps);
  for (const step of steps.slice(version)) {
    connection.transaction(() => {
      step.up(connection);
      connection.execute(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${step.version}`);
    });
  }
}

function checkedVersion(connection: Connection, steps: readonly Migration[]): number {
  const version = connection.pragmaNumber('user_version');
  const details = { path: connection.path, version, newestKnown: steps.length };
  // Version 0 without tables is a library whose making was cut short; it is completed.
  const begun = version === 0 && connection.pragmaNumber('schema_version') === 0;
  if (!begun && connection.pragmaNumber('application_id') !== APPLICATION_ID) {
    throw new StudioError(
      'bad-input',
      `${connection.path} is a database, but not of a SimGAN Studio library.`,
      {
        remedy: 'Name another folder, or make a new library with "simgan init".',
        details,
      },
    );
  }
  if (version > steps.length) {
    throw new StudioError(
      'too-new',
      `${connection.path} was written by a newer SimGAN Studio (its schema is ${version}, this program knows up to ${steps.length}).`,
      { remedy: 'Update SimGAN Studio and open the library again; nothing in it was changed.', details },
    );
  }
  return version;
}
