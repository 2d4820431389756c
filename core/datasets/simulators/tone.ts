const STEPS = 4096;
const ENCODED = buildTable();

/** sRGB (IEC 61966-2-1) over the square root of linear light, so that the dark end is finely resolved. */
function buildTable(): Uint8Array {
  return Uint8Array.from({ length: STEPS + 1 }, (_, place) => {
    return Math.round(sRgb((place / STEPS) ** 2) * 255);
  });
}

/** Linear light 0–1 as an sRGB byte; brighter light is white. */
export function toneByte(linear: number): number {
  if (linear >= 1) return 255;
  if (linear <= 0) return 0;
  return ENCODED[Math.round(Math.sqrt(linear) * STEPS)];
}

/** sRGB 0–1 of linear light 0–1. */
export function sRgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
}

const DECODED = Float32Array.from({ length: 256 }, (_, byte) => {
  const encoded = byte / 255;
  return encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
});

/** Linear light 0–1 of an sRGB byte. */
export function linearLight(byte: number): number {
  return DECODED[byte];
}
