import { count, counted } from '../composables/format.ts';

export const health = {
  title: 'Health of the data',
  measure: 'Compare the domains',
  again: 'Compare again',
  madeAt: (when: string) => `Compared ${when}.`,
  emptyTitle: 'The domains have not been compared yet',
  emptyHelp:
    'This looks at brightness, contrast, sharpness, sizes and labels of synthetic and real images, finds duplicates and leaks, and asks a small classifier how well it can tell them apart before any training.',
  working: 'Comparing the domains',
  synthetic: 'Synthetic',
  real: 'Real',
  none: (side: string) => `There are no ${side.toLowerCase()} images to compare.`,
  findings: 'What was found',
  remedy: 'What to do',
  levels: { good: 'Good', note: 'Note', warning: 'Warning' },
  separability: 'Can they be told apart before training?',
  separabilityIs: (accuracy: string, low: string, high: string, images: number) =>
    `A small classifier tells synthetic from real images ${accuracy} of the time (${low} to ${high}, from ${counted(images, 'image')} it had not seen). 50 % is guessing; training should bring it down.`,
  separabilityUnknown: 'There are too few images to train a small classifier (C2ST) on.',
  leaks: (leaks: number) =>
    leaks === 0
      ? 'No image is in both domains.'
      : `${counted(leaks, 'image')} with the same bytes ${leaks === 1 ? 'is' : 'are'} in both domains (leaks).`,
  images: 'Images',
  duplicates: 'Duplicates',
  show: 'Show them',
  sharpness: 'Sharpness (variance of the Laplacian)',
  sharpnessIs: (median: string, p10: string, p90: string) =>
    `median ${median}, ${p10} to ${p90} (10th to 90th percentile)`,
  sizes: 'Sizes',
  sizeIs: (width: number, height: number, images: number) => `${width} × ${height}: ${count(images)}`,
  moreSizes: (more: number) => `and ${counted(more, 'more size')}`,
  intensity: 'Brightness of images (mean grey)',
  contrast: 'Contrast of images (deviation of grey)',
  pixels: 'Grey levels of pixels',
  described: (title: string, side: string, peak: string, middle: string) =>
    `${title}, ${side}: most at ${peak}, half below ${middle}.`,
  otherLine: 'line: the other domain',
  table: 'As a table',
  greyFrom: 'Grey from',
  countOf: 'Count',
  coverage: 'Where labels lie: yaw × pitch',
  coverageIs: (filled: number, all: number, images: number) =>
    `${counted(images, 'image')} in ${count(filled)} of ${count(all)} cells of 5°`,
  coverageCell: (yaw: string, pitch: string, images: number) =>
    `yaw ${yaw}, pitch ${pitch}: ${counted(images, 'image')}`,
  pitchByYaw: 'Pitch \\ yaw',
  joints: 'Visible keypoints',
  joint: 'Keypoint',
  visible: 'Visible in',
} as const;
