/** An empty text is no budget; undefined is no number above 0. */
export function budgetOf(written: string): number | null | undefined {
  if (written.trim() === '') return null;
  const value = Number(written.replace(',', '.'));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
