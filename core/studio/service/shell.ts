import type { InputOf, OutputOf } from '../../contract/contract.ts';

/** What only the home of the studio can do: Electron has all of it, the browser host almost nothing. */
export interface Shell {
  readonly kind: 'electron' | 'browser';
  /** Undefined where there are no native dialogs. */
  readonly pickFolder?: (purpose: InputOf<'system.pickFolder'>['purpose']) => Promise<string | null>;
  /** Shows a file or folder in the file manager; undefined where there is none. */
  readonly reveal?: (path: string) => void;
  /** Puts a file or folder into the trash; undefined deletes instead. */
  readonly trash?: (path: string) => Promise<void>;
  /** What it has written to log files, in this session and before, oldest first; undefined where it keeps none. */
  readonly logFiles?: () => Promise<readonly { readonly name: string; readonly text: string }[]>;
  readonly notifications: boolean;
  power(): OutputOf<'system.info'>['power'];
  /** Folders that `system.browse` may show and that libraries and images may be opened from; undefined: all. */
  readonly roots: readonly string[] | undefined;
}
