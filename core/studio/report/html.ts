const MARKUP: unique symbol = Symbol('markup');

/** Text that is HTML (or SVG) already. Only `html` and `trustedHtml` make one, so nothing else enters a page raw. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What may stand in a template: text and numbers are escaped, markup goes in as it is, `undefined` leaves nothing. */
export type HtmlPart = string | number | undefined | Html | readonly HtmlPart[];

/** A template whose every value is escaped, between tags and in quoted attributes alike. */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return trustedHtml(
    texts.map((text, index) => text + (index < parts.length ? render(parts[index]) : '')).join(''),
  );
}

/** Markup from our own source text, never from anybody's data. */
export function trustedHtml(markup: string): Html {
  return { [MARKUP]: markup };
}

export function markupOf(part: Html): string {
  return part[MARKUP];
}

/** A value as JSON that cannot end the script element it stands in. */
export function jsonForScript(value: unknown): Html {
  return trustedHtml(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function render(part: HtmlPart): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(part);
  return MARKUP in part ? part[MARKUP] : part.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that no HTML document may hold: controls but tab and line ends, and non-characters. */
const FORBIDDEN = /[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}/gu;

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\u{fffd}')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
