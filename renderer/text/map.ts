import { count, counted } from '../composables/format.ts';

export const map = {
  title: 'Map of the images',
  make: 'Make the map',
  again: 'Make it again',
  loading: 'the map',
  emptyTitle: 'There is no map yet',
  emptyHelp:
    'Every image becomes a point; images that look alike lie close together. Where synthetic and real points do not mix, the refiner has work to do.',
  working: 'Making the map',
  method: 'Method',
  methods: { pca: 'Fast, straight (PCA)', umap: 'Slower, keeps neighbours (UMAP)' },
  images: 'Images',
  madeBy: (method: string, points: number, when: string) =>
    `${method}, ${counted(points, 'point')}, made ${when}`,
  colourBy: 'Colour by',
  colours: { set: 'Kind', cluster: 'Group', yaw: 'Yaw' },
  sets: { synthetic: 'Synthetic', real: 'Real', refined: 'Refined' },
  showSet: (set: string, points: number) => `${set}, ${count(points)}`,
  legend: 'Kinds of images shown',
  cluster: (index: number) => `Group ${index + 1}`,
  described: (points: number) =>
    `Map of ${counted(points, 'image')}. Drag a lasso, or press arrows to move a rectangle, Shift with arrows to size it, Enter to pick what is in it. The table below has the same by groups.`,
  help: 'Drag a lasso around points. Keys: arrows move a rectangle, Shift + arrows size it, Enter picks, Escape clears.',
  picked: (images: number) => `${counted(images, 'image')} picked`,
  openPicked: 'Show in the grid',
  clear: 'Clear',
  inBox: (images: number) => `${counted(images, 'image')} in the rectangle`,
  table: 'Groups as a table',
  tableHelp: 'Groups (k-means) of images that look alike, and how many of each kind are in them.',
  group: 'Group',
  readingLabels: 'Reading labels …',
  yawScale: (from: string, to: string) =>
    `Yaw from ${from} (dark) to ${to} (bright); images without gaze are grey.`,
  tooMany: 'Too many images were picked to show them all; the first 20,000 are shown.',
} as const;
