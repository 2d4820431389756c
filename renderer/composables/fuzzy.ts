/**
 * How well a text answers what was typed: its letters in order, better where they stand together and where words begin.
 * Undefined where they are not all there. The higher the better.
 */
export function fuzzyScore(typed: string, text: string): number | undefined {
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, '');
  const letters = text.toLowerCase();
  if (wanted === '') return 0;
  let best: number | undefined;
  for (let start = letters.indexOf(wanted[0]); start >= 0; start = letters.indexOf(wanted[0], start + 1)) {
    const score = scoreFrom(wanted, letters, start);
    if (score === undefined) break;
    if (best === undefined || score > best) best = score;
  }
  return best === undefined ? undefined : best - letters.length / 100;
}

function scoreFrom(wanted: string, letters: string, start: number): number | undefined {
  let score = 0;
  let before = -2;
  let place = start;
  for (const letter of wanted) {
    const found = letters.indexOf(letter, place);
    if (found < 0) return undefined;
    if (found === before + 1) score += 3;
    if (found === 0 || !/[\p{L}\p{N}]/u.test(letters[found - 1])) score += 4;
    score -= Math.min(3, before < 0 ? 0 : (found - before - 1) / 4);
    before = found;
    place = found + 1;
  }
  return score;
}

/** Those that answer what was typed, the best first; all, as they were, where nothing was typed. */
export function fuzzySort<Item>(
  items: readonly Item[],
  typed: string,
  textOf: (item: Item) => string,
): Item[] {
  return items
    .flatMap((item) => {
      const score = fuzzyScore(typed, textOf(item));
      return score === undefined ? [] : [{ item, score }];
    })
    .sort((left, right) => (typed.trim() === '' ? 0 : right.score - left.score))
    .map(({ item }) => item);
}
