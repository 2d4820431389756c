import { describe, expect, it } from 'vitest';
import { languageSwitch } from './locale.ts';

describe('the language that Chromium is started with', () => {
  it.each([
    [{}, 'en-US'],
    [{ LANG: 'C' }, 'en-US'],
    [{ LANG: 'C.UTF-8' }, 'en-US'],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'POSIX' }, 'en-US'],
    [{ LANG: '', LC_ALL: '' }, 'en-US'],
    [{ LANG: 'de_DE.UTF-8' }, undefined],
    [{ LANG: 'C', LANGUAGE: 'zh_CN' }, undefined],
  ])('is %s → %s', (environment, language) => {
    expect(languageSwitch(environment, 'linux')).toBe(language);
  });

  it('is left to systems that always have one', () => {
    expect(languageSwitch({}, 'darwin')).toBeUndefined();
    expect(languageSwitch({}, 'win32')).toBeUndefined();
  });
});
