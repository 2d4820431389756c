/** Where most of a histogram's counts are, and the value that half of them lie below; undefined where it is empty. */
export function summarise(
  counts: readonly number[],
  { from, width }: { readonly from: number; readonly width: number },
): { readonly peak: number; readonly middle: number } | undefined {
  const total = counts.reduce((sum, many) => sum + many, 0);
  if (total === 0) return undefined;
  let below = 0;
  let middleBin = 0;
  while (below + (counts[middleBin] ?? 0) < total / 2) {
    below += counts[middleBin] ?? 0;
    middleBin += 1;
  }
  const within = (total / 2 - below) / (counts[middleBin] ?? 1);
  return {
    peak: from + (counts.indexOf(Math.max(...counts)) + 0.5) * width,
    middle: from + (middleBin + within) * width,
  };
}
