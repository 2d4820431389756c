const FIRST_MS = 250;
const LONGEST_MS = 5000;

/**
 * How long to wait before the next try after so many that failed: twice as long each time, up to 5 s, and a part of it
 * left to chance so that many windows do not come back at once.
 *
 * @param chance in [0, 1)
 */
export function nextDelayMs(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return longest * (0.5 + chance / 2);
}
