/**
 * Addresses of pictures: relative, so that they are the same in the browser and below the shell's own scheme. The studio
 * answers them with encoded bytes; see core/studio/service/pictures.ts.
 */

/**
 * An image of the library, whole or fitted into a square of `size` pixels, as a window shows it; or `stored`: with the
 * values of its file, of which a window cannot show 16 bit.
 */
export const imageUrl = (imageId: number, size: 'full' | 'stored' | number): string =>
  `/pictures/images/${imageId}?size=${size}`;

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

/** An image that could be imported; prepared where a preprocessing (as JSON) is given. */
export const sampleUrl = (sample: string, place: number, preprocessing?: string): string =>
  `/pictures/samples/${sample}/${place}${
    preprocessing === undefined ? '' : `?preprocessing=${encodeURIComponent(preprocessing)}`
  }`;

/** The self-contained report of an evaluated checkpoint. */
export const reportUrl = (runId: number, step: number): string => `/reports/${runId}/${step}.html`;

/** All curves of a run as CSV. */
export const curvesUrl = (runId: number): string => `/reports/${runId}/curves.csv`;
