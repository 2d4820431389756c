import { common } from './common.ts';
import { shell } from './shell.ts';

/** Every word that the window shows, by part. Plain words first, the term of the field in brackets beside them. */
export const text = { common, shell };
