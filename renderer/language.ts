/**
 * Gives the page a language that Intl knows. On Linux with the locale "C", as on servers and in containers, Electron
 * calls its language "c"; `new Intl.NumberFormat("c")` throws, and the chart library asks for just that when it is loaded.
 */
export function repairLanguage(page: Navigator = navigator): void {
  try {
    Intl.getCanonicalLocales(page.language);
  } catch {
    Object.defineProperty(page, 'language', { value: 'en-US', configurable: true });
  }
}
