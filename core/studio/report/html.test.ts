import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, jsonForScript, markupOf, trustedHtml } from './html.ts';

const HOSTILE = `<script>alert("x")</script> & 'quoted' "twice"`;

test('every value of a template is escaped, markup is not', () => {
  const inner = html`<b>${HOSTILE}</b>`;
  expect(
    markupOf(html`<p title="${HOSTILE}">${inner}${undefined}${3}${['<', trustedHtml('<br>')]}</p>`),
  ).toBe(
    '<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;quoted&#39; &quot;twice&quot;">' +
      '<b>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;quoted&#39; &quot;twice&quot;</b>3&lt;<br></p>',
  );
});

test('escaped text holds nothing that a parser acts on, and reads back as it was', () => {
  const unescape = (text: string): string =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  const printable = fc
    .string({ unit: 'grapheme' })
    .filter((text) => text.isWellFormed() && !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(text));
  const pieces = fc.array(
    fc.oneof(printable, fc.constantFrom('<', '>', '"', "'", '&', '&lt;', '<!--', ']]>')),
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('');
      const escaped = markupOf(html`${text}`);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(unescape(escaped)).toBe(text);
    }),
  );
});

test('characters that no document may hold are replaced', () => {
  expect(markupOf(html`${'a\u0000b\u001bc\td\ne\ud800f\ufffeg'}`)).toBe(
    'a\ufffdb\ufffdc\td\ne\ufffdf\ufffdg',
  );
});

test('JSON in a script element cannot end it, and reads back', () => {
  const value = { text: '</script><!--<script>', list: [1, null] };
  const json = markupOf(jsonForScript(value));
  expect(json).not.toContain('<');
  expect(JSON.parse(json)).toEqual(value);
});
