const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12,400 */
export const count = (value: number): string => whole.format(value);

/** A number of things: "1 image", "12,400 images". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Three digits that count: 0.00123, 1.23, 123. */
export const digits = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not a number';

export const percent = (share: number): string => `${whole.format(share * 100)} %`;

export const degrees = (radians: number): string => `${((radians * 180) / Math.PI).toFixed(1)}°`;

/** 1.2 GB */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return `${digits(value / 1000 ** power)} ${units[power]}`;
}

/** "12 s", "3 min 20 s", "2 h 5 min" */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

/** A moment, as the reader's calendar writes it. */
export const moment = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
