import type { ColourMap } from './colour-maps.ts';
import type { DepthMaps } from './depth-maps.ts';
import type { Preprocessing } from './preprocessing.ts';

/**
 * Addresses of pictures: relative, so that they are the same in the browser and below the shell's own scheme. The studio
 * answers them with encoded bytes; see core/studio/service/pictures. Those of a library's pictures and reports are
 * completed by `inLibrary`: numbers of images and runs are the same in every library, and a cache must not mix them up.
 */

/**
 * An address that names its library and the version of its pictures; the studio answers no other, and none of a library
 * that is not open.
 *
 * @param pictures as `library.current` gives it
 */
export const inLibrary = (pictures: string, address: string): string =>
  address.replace(/^\/(pictures|reports)\//, `/$1/${pictures}/`);

/**
 * An image of the library, whole or fitted into a square of `size` pixels, as a window shows it; or `stored`: with the
 * values of its file, of which a window cannot show 16 bit. Depth maps are drawn in a look.
 */
export const imageUrl = (imageId: number, size: 'full' | 'stored' | number, look?: DepthLook): string =>
  `/pictures/images/${imageId}?size=${size}${look ? `&${lookWords(look)}` : ''}`;

/** How depth maps are drawn; what was not measured is black. */
export interface DepthLook {
  /** The ends of the colours; left out, those of the dataset's window. */
  readonly lowMm?: number;
  readonly highMm?: number;
  readonly map: ColourMap;
  /** Near is bright, as a lamp at the camera would have it. */
  readonly isNearBright: boolean;
}

function lookWords({ lowMm, highMm, map, isNearBright }: DepthLook): string {
  const words = { low: lowMm, high: highMm, invert: isNearBright ? 1 : 0, map };
  return Object.entries(words)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join('&');
}

/** An image as a network sees it, at training size, in the preprocessing of a run. */
export const preparedUrl = (runId: number, imageId: number): string =>
  `/pictures/runs/${runId}/prepared/${imageId}`;

/** A strip of previews: the samples side by side. */
export const previewUrl = (runId: number, step: number, kind: string): string =>
  `/pictures/runs/${runId}/previews/${step}/${kind}`;

/** x + α(R(x) − x) at training size, the pupil left as it was or not. Without α: as it was refined. */
export const refinedUrl = (
  runId: number,
  step: number,
  imageId: number,
  alpha?: number,
  keepPupil = false,
): string =>
  `/pictures/runs/${runId}/refined/${step}/${imageId}${
    alpha === undefined ? '' : `?alpha=${alpha}${keepPupil ? '&keepPupil=1' : ''}`
  }`;

/** Signed, on a fixed scale: blue darker, orange lighter, grey unchanged. */
export const differenceUrl = (runId: number, step: number, imageId: number, gain = 1): string =>
  `/pictures/runs/${runId}/difference/${step}/${imageId}?gain=${gain}`;

/** An image of the history buffer. */
export const historyUrl = (runId: number, step: number, slot: number): string =>
  `/pictures/runs/${runId}/history/${step}/${slot}`;

/** What a rater of a Turing test is shown: the address does not tell which it is. */
export const turingUrl = (session: number, trial: number): string => `/pictures/turing/${session}/${trial}`;

/** How an image that could be imported is shown. */
interface SampleLook {
  /** Of depth maps: drawn in this window, near bright. */
  readonly depth?: DepthMaps | null;
  /** As networks would see it. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Prepared from what lies in the depth window, unless the format says which part to use. */
  readonly cropToDepth?: boolean;
}

/** An image that could be imported, whole or prepared. */
export const sampleUrl = (sample: string, place: number, look: SampleLook = {}): string => {
  const { depth, preprocessing, cropToDepth = false } = look;
  const words = [
    ...(depth ? [`depth=${encodeURIComponent(JSON.stringify(depth))}`] : []),
    ...(preprocessing ? [`preprocessing=${encodeURIComponent(JSON.stringify(preprocessing))}`] : []),
    ...(cropToDepth ? ['crop=1'] : []),
  ];
  return `/pictures/samples/${sample}/${place}${words.length === 0 ? '' : `?${words.join('&')}`}`;
};

/** The first image of a library that was open, whichever is open now; the version changes with the picture. */
export const recentPictureUrl = (libraryKey: string, version: string): string =>
  `/pictures/recent/${libraryKey}/${version}`;

/** The self-contained report of an evaluated checkpoint. */
export const reportUrl = (runId: number, step: number): string => `/reports/${runId}/${step}.html`;

/** All curves of a run as CSV. */
export const curvesUrl = (runId: number): string => `/reports/${runId}/curves.csv`;
