import { count, counted, percent } from '../composables/format.ts';

export const evaluating = {
  title: 'Evaluate',
  tabs: { measures: 'Measurements', turing: 'Turing test', label: 'Ways to judge' },
  none: {
    title: 'This checkpoint has not been measured yet',
    explanation:
      'Can a fresh classifier still tell refined images from real ones? How far did labels and pictures move apart? Is an estimator trained on them worth more? Simple baselines stand beside the refiner, so that you see whether a GAN was needed.',
  },
  measure: 'Measure',
  again: 'Measure again',
  report: 'Open the report',
  madeAt: (when: string) => `Measured ${when}`,
  caption: 'What was measured, for synthetic images, each baseline, refined and real images',
  row: 'Measure',
  of: {
    synthetic: 'Synthetic',
    'histogram match': 'Tone curve',
    'blur + noise': 'Blur + noise',
    both: 'Both',
    refined: 'Refined',
    real: 'Real (floor)',
  },
  notMeasured: 'not measured',
  interval: (low: string, high: string) => `${low} to ${high}`,
  images: (images: number) => `n = ${images.toLocaleString('en')}`,
  better: 'best of those that were made',
  lower: 'lower is better',
  higher: 'higher is better',
  breakdown: {
    title: 'Do you need a GAN? What the refiner changed',
    explanation:
      'Shares of the mean squared change: what one tone curve would do, what is noise, and what is structure that only a network can draw.',
    none: 'Nothing to take apart: the refiner changed no picture by a whole grey level, or this was measured before changes were taken apart.',
    tone: 'tone curve',
    noise: 'noise',
    structure: 'structure',
    share: (name: string, share: number) => `${percent(share)} ${name}`,
  },
  caveats: 'To not be misled',
  earlier: 'Earlier measurements',
  turing: {
    title: 'Visual Turing test',
    explanation:
      'You see one picture at a time and say whether it is real or refined. Half are real. If you cannot do better than a coin, the refined images look real to you. In the paper, people were right 517 times of 1,000.',
    rater: 'Who judges',
    trials: 'Pictures',
    trialsHelp:
      'With 50 pictures the answer is good to ± 14 points; with 158 a rater who is right 60 % of the time is found out four times of five.',
    trialsError: 'A whole number from 10 to 1,000.',
    start: 'Start',
    question: 'Real or refined?',
    real: 'Real →',
    refined: '← Refined',
    of: (trial: number, total: number) => `Picture ${trial} of ${total}`,
    keys: 'Arrow keys answer; Escape leaves, and you can go on later only by starting anew.',
    leave: 'Leave the test',
    pictureAlt: 'The picture to judge',
    pictureFailed: 'The picture cannot be shown.',
    earlier: 'Results so far',
    noEarlier: 'Nobody has judged this run yet.',
    accuracy: (accuracy: number, low: number, high: number) =>
      `right ${percent(accuracy)} (${percent(low)} to ${percent(high)})`,
    pValue: (value: number) => `p = ${value < 0.001 ? '< 0.001' : value.toFixed(3)}`,
    catches: (right: number, total: number) =>
      `Hidden among them: ${counted(total, 'unrefined picture')}; found out: ${count(right)}.`,
    answered: (trials: number) => counted(trials, 'answer'),
    again: 'Once more',
  },
} as const;
