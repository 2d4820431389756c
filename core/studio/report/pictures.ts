import { html, type Html } from './html.ts';

/** A picture, usually a contact sheet. */
export interface Sheet {
  readonly title: string;
  /** One or two sentences: what is seen, and on what scale. */
  readonly caption: string;
  /** A PNG file. Gaps of grey 128 between its images melt into the page's grey. */
  readonly png: Uint8Array;
  /** Page pixels per pixel of the PNG where there is room. */
  readonly pixelScale: number;
}

/** Pictures on neutral grey, each as wide as it asks for, shrunk by whole factors where there is less room. */
export function renderPictures(sheets: readonly Sheet[]): Html {
  if (sheets.length === 0) return html`<p class="absent">No pictures were kept.</p>`;
  return html`<div class="sheets">${sheets.map(renderSheet)}</div>`;
}

function renderSheet(sheet: Sheet): Html {
  const size = pngSize(sheet.png);
  if (!size) {
    return html`<figure class="sheet">
      <h3>${sheet.title}</h3>
      <p class="absent">This picture cannot be shown: its data is no PNG.</p>
      <figcaption>${sheet.caption}</figcaption>
    </figure> `;
  }
  const scale = sheet.pixelScale > 0 && Number.isFinite(sheet.pixelScale) ? sheet.pixelScale : 1;
  return html`<figure class="sheet" style="--png-width:${size.widthPx}px;--scale:${scale}">
    <h3>${sheet.title}</h3>
    <div class="mat">
      <img
        alt="Contact sheet: ${sheet.title}"
        width="${size.widthPx}"
        height="${size.heightPx}"
        src="data:image/png;base64,${Buffer.from(sheet.png).toString('base64')}"
      />
    </div>
    <figcaption>${sheet.caption}</figcaption>
  </figure> `;
}

const PNG_START = Buffer.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
]);

/** Width and height from the header chunk (PNG specification, 11.2.1 IHDR); undefined where it is no PNG. */
function pngSize(png: Uint8Array): { widthPx: number; heightPx: number } | undefined {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.length < 24 || !bytes.subarray(0, PNG_START.length).equals(PNG_START)) return undefined;
  return { widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) };
}
