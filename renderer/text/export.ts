import { bytes, counted } from '../composables/format.ts';

export const exporting = {
  title: 'Export',
  formats: 'Label formats',
  formatNames: {
    jsonl: 'JSON Lines: one record per image, nothing lost',
    csv: 'CSV: a table for spreadsheets and scripts',
    coco: 'COCO keypoints and categories',
  },
  budget: 'Drift budget',
  budgetHelp:
    'An image whose structure moved further than this from its label stays behind. Empty holds nothing back.',
  budgetError: 'A number above 0, or nothing.',
  unverified: 'Also images whose drift could not be measured',
  selection: 'What leaves',
  leaving: (images: number) => `${counted(images, 'image')} will leave`,
  nothingLeaves: 'Nothing would leave',
  held: {
    overBudget: 'over the drift budget',
    unverified: 'drift could not be measured',
    excluded: 'excluded by you',
  },
  heldBack: (images: number) => `${counted(images, 'image')} stay behind`,
  lossesTitle: 'What these formats cannot hold',
  size: (value: number) => `About ${bytes(value)} on disk`,
  samples: 'A random few of those that would leave',
  samplesHelp: 'Nothing is written yet. Look before you export.',
  /** As the realism dial of the checkpoint is set. */
  dial: ({ alpha, keepPupil }: { readonly alpha: number; readonly keepPupil: boolean }) =>
    `Realism α ${alpha.toFixed(2)}${keepPupil ? ', the pupil left as it was' : ''}.`,
  another: 'Show others',
  sampleAlt: (id: number) => `Refined image ${id}`,
  measured: 'What was measured',
  notMeasured:
    'Nothing yet: whether these images look more real, whether their labels hold, and whether a plain filter does as well.',
  measure: 'Measure it',
  showMeasured: 'Everything that was measured',
  folder: 'Folder',
  noFolder:
    'Choose where the dataset goes: a new or empty folder, or one of an earlier export to go on with.',
  chooseFolder: 'Choose a folder …',
  start: (images: number) => `Export ${counted(images, 'image')}`,
  needsFolder: 'Choose a folder first.',
  needsFormat: 'Choose a format first.',
  isBusy: 'An export is under way.',
  commandLine: 'Copy as command line',
  copied: 'The command line is in the clipboard.',
  verify: 'Verify',
  verifyOther: 'Verify another folder …',
  reveal: 'Reveal',
  done: (images: number, folder: string) => `${counted(images, 'image')} exported to ${folder}`,
  seal: 'Seal of the manifest (SHA-256); keep it to prove that nothing was changed',
  intact: (files: number) => `Intact: ${counted(files, 'file')} are as they were exported.`,
  notIntact: 'Not intact',
  earlier: 'Earlier exports',
  noEarlier: 'Nothing has been exported from this library yet.',
  columns: { run: 'Run', step: 'Step', images: 'Images', formats: 'Formats', when: 'When', folder: 'Folder' },
} as const;
