import type { Split } from '../../library/images.ts';

const TEST_SHARE = 0.2;

/** One fifth of all files is for testing, decided by content: the same file is in the same part everywhere, for ever. */
export function splitOf(fileSha256: string): Split {
  return parseInt(fileSha256.slice(0, 8), 16) < TEST_SHARE * 2 ** 32 ? 'test' : 'train';
}
