/**
 * The language to start Chromium with; undefined where it finds one itself. With the locales "C" and "POSIX", or none at
 * all, it calls its language "en-US@posix", which Intl refuses: numbers and charts of the window would fail.
 */
export function languageSwitch(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux') return undefined;
  const { LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = LANGUAGE || LC_ALL || LC_MESSAGES || LANG || 'C';
  return /^(C|POSIX)([.@]|$)/i.test(locale) ? 'en-US' : undefined;
}
