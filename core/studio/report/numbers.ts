const SIGNIFICANT_DIGITS = 4;
const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number for people: four significant digits, grouped; powers of ten where it is very large or small. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return formatPowerOfTen(value);
  return grouped(String(Number(value.toPrecision(SIGNIFICANT_DIGITS))));
}

/** A number with exactly this many places behind the point, grouped, with a true minus sign. */
export function formatDecimals(value: number, decimals: number): string {
  return grouped(value.toFixed(decimals));
}

/** A number with all its digits, grouped: counts and steps. */
export function formatCount(value: number): string {
  return grouped(String(value));
}

/** Commas between thousands; by hand, as a report holds thousands of numbers and `toLocaleString` is slow. */
function grouped(decimal: string): string {
  const [whole, fraction] = decimal.split('.');
  const thousands = whole.replace('-', MINUS).replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

function formatPowerOfTen(value: number): string {
  const [mantissa, exponent] = value.toExponential(SIGNIFICANT_DIGITS - 2).split('e');
  const power = exponent.replace(/^[+-]/, '').replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  const ten = `10${Number(exponent) < 0 ? '⁻' : ''}${power}`;
  const factor = Number(mantissa);
  if (Math.abs(factor) === 1) return factor < 0 ? MINUS + ten : ten;
  return `${factor < 0 ? MINUS : ''}${Math.abs(factor)} × ${ten}`;
}
