/**
 * What the Electron shell gives the window beside the operations, as `window.studioShell`. Not there in a browser.
 */
export interface StudioShell {
  /** "darwin", "linux", "win32": for the names of keys. */
  readonly platform: string;
  /** Where a folder or file lies that was dropped onto the window (a `File` of a DataTransfer). */
  readonly pathOfDropped: (file: File) => string;
}
