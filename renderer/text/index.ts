import { common } from './common.ts';
import { data } from './data.ts';
import { loupe } from './loupe.ts';
import { shell } from './shell.ts';
import { map } from './map.ts';
import { health } from './health.ts';

/** Every word that the window shows, by part. Plain words first, the term of the field in brackets beside them. */
export const text = { common, shell, data, loupe, map, health };
