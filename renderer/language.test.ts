import { expect, it } from 'vitest';
import { repairLanguage } from './language.ts';

it.each([
  ['c', 'en-US'],
  ['en-US@posix', 'en-US'],
  ['', 'en-US'],
  ['de', 'de'],
  ['zh-CN', 'zh-CN'],
])('a page whose language is "%s" gets one that Intl knows', (language, repaired) => {
  const page = { language } as Navigator;
  repairLanguage(page);
  expect(page.language).toBe(repaired);
  expect(() => new Intl.NumberFormat(page.language)).not.toThrow();
});
