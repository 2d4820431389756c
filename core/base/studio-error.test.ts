import { describe, expect, test } from 'vitest';
import { explainWriteError, messageOf, StudioError, systemCodeOf } from './studio-error.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

describe('write errors in words', () => {
  test.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('%s is a full disk', (code) => {
    const cause = systemError(code);
    const error = explainWriteError(cause, '/runs/1');
    expect(error).toBeInstanceOf(StudioError);
    expect(error).toMatchObject({
      code: 'storage',
      message: 'The disk is full: /runs/1 could not be written.',
      details: { path: '/runs/1' },
      cause,
    });
  });

  test.each(['EACCES', 'EPERM', 'EROFS'])('%s is a refusal', (code) => {
    expect(explainWriteError(systemError(code), '/runs/1')).toMatchObject({
      code: 'storage',
      message: `/runs/1 cannot be written (${code}).`,
    });
  });

  test('anything else stays what it is', () => {
    const error = systemError('EIO');
    expect(explainWriteError(error, '/runs/1')).toBe(error);
    expect(explainWriteError('text', '/runs/1')).toBe('text');
  });
});

test('anything thrown has a text, and only system errors have a code', () => {
  expect(messageOf(new Error('words'))).toBe('words');
  expect(messageOf(404)).toBe('404');
  expect(systemCodeOf(systemError('ENOENT'))).toBe('ENOENT');
  expect(systemCodeOf(new Error('words'))).toBeUndefined();
  expect(systemCodeOf({ code: 'ENOENT' })).toBeUndefined();
});
