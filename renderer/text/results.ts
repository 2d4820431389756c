import { counted, digits } from '../composables/format.ts';

/** What the sections of the results (inspect, evaluate, export) share. */
export const results = {
  run: 'Run',
  checkpoint: 'Checkpoint',
  checkpointName: (step: number, isBest: boolean, score: number | null) =>
    `step ${step.toLocaleString('en')}${isBest ? ' (best)' : ''}${score === null ? '' : `, score ${digits(score)}`}`,
  noRuns: {
    title: 'Nothing has been trained yet',
    explanation:
      'Results are made of a run: a refiner that has been trained on your synthetic and real images. Train one first; the quick test takes about a minute.',
    train: 'Go to Train',
  },
  loadingCheckpoints: 'checkpoints',
  noCheckpoints: {
    title: 'This run has no checkpoint yet',
    explanation: 'A checkpoint is saved at intervals while it trains, and when it is stopped.',
    open: 'Look at the run',
  },
  notRefined: {
    title: (step: number) => `Step ${step.toLocaleString('en')} has not refined anything yet`,
    explanation: (images: number) =>
      `The refiner turns all ${counted(images, 'synthetic image')} into refined ones, and measures for each how much it changed and how far its label drifted. It can be stopped, and goes on where it was.`,
    refine: 'Refine the dataset',
  },
  waiting: (title: string | undefined) =>
    title === undefined ? 'Waits for its turn' : `Waits for its turn, after: ${title}`,
  beginning: (title: string) => `${title}: getting ready …`,
  working: (label: string, left: string) => `${label} … ${left}`,
  left: (duration: string) => `${duration} left`,
} as const;
