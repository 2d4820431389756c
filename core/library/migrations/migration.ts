import type { Connection } from '../connection.ts';

/** One step of the schema. Once released it is never edited; the next change is the next number. */
export interface Migration {
  /** `PRAGMA user_version` after it: 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  up(connection: Connection): void;
}
