import { count, counted, digits } from '../composables/format.ts';

export const inspecting = {
  title: 'Inspect',
  tabs: { images: 'Images', history: 'History buffer', label: 'What to look into' },
  strip: {
    title: 'Refined images',
    sort: 'Sort by',
    sorts: {
      drift: 'Drift',
      change: 'Change',
      score: 'D score',
      yaw: 'Yaw',
      pitch: 'Pitch',
      id: 'As imported',
    },
    descending: 'Largest first',
    ascending: 'Smallest first',
    name: (images: number, by: string) => `${counted(images, 'refined image')}, sorted by: ${by}`,
    tile: (place: number, images: number, facts: string) =>
      `Image ${count(place + 1)} of ${count(images)}, ${facts}`,
    loading: 'reading',
    drift: (px: number | null) => (px === null ? 'drift not measured' : `drift ${digits(px)} px`),
    score: (value: number) => `D ${value.toFixed(2)}`,
    change: (grey: number) => `change ${digits(grey)}`,
    failed: 'cannot be shown',
  },
  loupe: {
    synthetic: 'Synthetic',
    refined: (step: number, alpha: number) =>
      `Refined at step ${count(step)}${alpha === 1 ? '' : `, α ${alpha.toFixed(2)}`}`,
    imageAlt: (id: number) => `image ${id}`,
    noImage: 'No image is chosen.',
  },
  steps: {
    title: 'Checkpoint in the loupe',
    step: (step: number) => `step ${count(step)}`,
    older: 'Older checkpoint',
    newer: 'Newer checkpoint',
    isFirst: 'this is the first',
    isLast: 'this is the newest',
    only: 'The run has one checkpoint.',
  },
  side: { label: 'About the image', image: 'Image', patches: 'Patches', dial: 'Dial' },
  facts: {
    image: 'Image',
    atStep: (step: number) => `Measured at step ${count(step)}`,
    drift: 'Drift',
    driftHelp: 'How far the structure of the picture moved away from its label.',
    unmeasured: 'not measured: the structure was not found again',
    withBudget: (px: number, budget: number) =>
      `${digits(px)} px, ${px <= budget ? 'within' : 'over'} the budget of ${digits(budget)} px`,
    change: 'Change',
    changeValue: (grey: number) => `${digits(grey)} grey levels on average`,
    score: 'D score',
    scoreValue: (score: number) =>
      `${score.toFixed(2)} (0 is surely real, 1 surely refined): ${score < 0.5 ? 'the discriminator is fooled' : 'it is found out'}`,
  },
} as const;
