/** Bytes that were asked for, both ends belonging to them. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a Range header asks of a body (RFC 9110, section 14).
 *
 * @returns undefined where the whole body is to be sent: no header, several ranges, or a header in no known form;
 * 'unsatisfiable' where nothing of the body is in the range
 */
export function byteRangeOf(
  header: string | null,
  lengthBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const suffix = Math.min(Number(match[2]), lengthBytes);
    return suffix === 0 ? 'unsatisfiable' : { first: lengthBytes - suffix, last: lengthBytes - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === '' ? lengthBytes - 1 : Math.min(Number(match[2]), lengthBytes - 1);
  if (match[2] !== '' && Number(match[2]) < first) return undefined;
  return first >= lengthBytes ? 'unsatisfiable' : { first, last };
}
