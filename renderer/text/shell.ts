export const shell = {
  product: 'SimGAN Studio',
  mainNavigation: 'Main',
  sections: {
    data: 'Data',
    train: 'Train',
    inspect: 'Inspect',
    evaluate: 'Evaluate',
    export: 'Export',
    runs: 'Runs',
    settings: 'Settings',
  },
  steps: { empty: 'nothing yet', ready: 'ready', done: 'done', problem: 'needs attention' },
  skip: 'Skip to content',
} as const;
