import type { DepthMaps } from '../../../core/contract/depth-maps.ts';
import type { Preprocessing } from '../../../core/contract/preprocessing.ts';

/** The shape as its form has it: what is typed may be no number yet. */
export interface ShapeForm {
  readonly width: string;
  readonly height: string;
  readonly fit: Preprocessing['fit'];
  readonly channels: 1 | 3;
  readonly equalise: boolean;
}

/** The paper's networks are small: an image is trained at no more than this, unless more is asked for. */
const LONGEST_PX = 64;
/** What a training takes. */
const LEAST_PX = 8;
const MOST_PX = 1024;

/** Whether it can be a size in pixels. */
export const isSize = (typed: string): boolean =>
  /^\d+$/.test(typed.trim()) && Number(typed) >= LEAST_PX && Number(typed) <= MOST_PX;

/** A first shape for images of these sizes: the commonest, made smaller where it is large. */
export function shapeFor(
  images: readonly { readonly widthPx: number; readonly heightPx: number }[],
): ShapeForm {
  const sizes = new Map<string, { widthPx: number; heightPx: number; count: number }>();
  for (const { widthPx, heightPx } of images) {
    const key = `${widthPx}×${heightPx}`;
    sizes.set(key, { widthPx, heightPx, count: (sizes.get(key)?.count ?? 0) + 1 });
  }
  const commonest = [...sizes.values()].sort((left, right) => right.count - left.count)[0];
  const { widthPx, heightPx } = commonest ?? { widthPx: 55, heightPx: 35 };
  const scale = Math.min(1, LONGEST_PX / Math.max(widthPx, heightPx));
  return {
    width: String(Math.max(LEAST_PX, Math.round(widthPx * scale))),
    height: String(Math.max(LEAST_PX, Math.round(heightPx * scale))),
    fit: 'cover',
    channels: 1,
    equalise: false,
  };
}

export function formOf(shape: Preprocessing): ShapeForm {
  return {
    width: String(shape.widthPx),
    height: String(shape.heightPx),
    fit: shape.fit,
    channels: shape.channels,
    equalise: shape.equalise,
  };
}

/** What the form asks for; undefined while it cannot be. Depth has one channel, 16 bit and its window. */
export function shapeOf(form: ShapeForm, depth: DepthMaps | null): Preprocessing | undefined {
  if (!isSize(form.width) || !isSize(form.height)) return undefined;
  const size = { widthPx: Number(form.width), heightPx: Number(form.height), fit: form.fit };
  if (depth) {
    const { foregroundOffsetMm, windowMm } = depth;
    const window = { foregroundOffsetMm, windowMm };
    return { ...size, channels: 1, bitDepth: 16, equalise: false, depth: window };
  }
  const equalise = form.equalise && form.channels === 1;
  return { ...size, channels: form.channels, bitDepth: 8, equalise };
}
