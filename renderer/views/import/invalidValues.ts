const MOST = 65_535;

/** Depths that say "nothing measured", as they are typed: whole numbers with commas. Undefined where one is none. */
export function readInvalid(typed: string): number[] | undefined {
  const parts = typed
    .split(/[,;\s]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  if (!values.every((value) => value <= MOST)) return undefined;
  // 0 says so in any case.
  return [...new Set(values.filter((value) => value > 0))];
}
