/** What the stand-in says that it is. */
export const ELECTRON_VERSION = '45.0.0';
