import { count, counted, digits } from '../composables/format.ts';

/** Names of the edits that the discriminator is asked about. */
const edits = {
  lighter: 'lighter',
  darker: 'darker',
  'more-contrast': 'more contrast',
  'less-contrast': 'less contrast',
  sharper: 'sharper',
  softer: 'softer',
  'more-grain': 'more grain',
  'less-grain': 'less grain',
  left: 'moved left',
  right: 'moved right',
  up: 'moved up',
  down: 'moved down',
} as const;

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
    score: (value: number) => `D ${value.toFixed(3)}`,
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
  side: { label: 'About the image', image: 'Image', patches: 'Patches', real: 'Real', dial: 'Dial' },
  nearest: {
    title: 'Nearest real images',
    reading: 'Comparing with the real images …',
    likeness: (likeness: number) => likeness.toFixed(2),
    show: (path: string, likeness: number) => `Show in the loupe: ${path}, likeness ${likeness.toFixed(2)}`,
    inLoupe: (path: string, likeness: number) => `Nearest real: ${path}, likeness ${likeness.toFixed(2)}`,
    toggle: 'Nearest real image in place of the synthetic one',
    verdict: (likeness: number, usual: number | null) =>
      usual === null
        ? `The nearest has a likeness of ${likeness.toFixed(2)}.`
        : likeness >= usual
          ? `Likeness ${likeness.toFixed(2)} to the nearest: as close as real images are to each other (${usual.toFixed(2)}, median).`
          : `Likeness ${likeness.toFixed(2)} to the nearest: further off than real images are from each other (${usual.toFixed(2)}, median).`,
    measure:
      'Likeness is of the drawing: both pictures shrunk to 16 pixels, light and contrast taken out, correlated. 1 is the same drawing, 0 has nothing in common. The strip of the run finds its nearest real image in the same way.',
    compared: (compared: number, of: number) =>
      compared < of
        ? `Compared with ${count(compared)} of ${counted(of, 'real image')}, evenly chosen.`
        : `Compared with all ${counted(of, 'real image')} of the run.`,
  },
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
      `${score.toFixed(3)} (0 is surely real, 1 surely refined): ${
        Math.abs(score - 0.5) < 0.05
          ? 'the discriminator cannot tell'
          : score < 0.5
            ? 'the discriminator takes it for real'
            : 'it is found out'
      }`,
  },
  patches: {
    title: 'What the discriminator says of each patch',
    of: 'Of the picture',
    synthetic: 'Synthetic',
    refined: 'Refined',
    legend: 'orange: taken for refined (found out) · blue: taken for real · clear: undecided',
    map: (columns: number, rows: number, step: number) =>
      `Patch map, ${columns} by ${rows}, discriminator of step ${count(step)}. Arrows move, Enter asks.`,
    cell: (column: number, row: number, probability: number) =>
      `Column ${column + 1}, row ${row + 1}: refined with probability ${probability.toFixed(2)}`,
    sees: (px: number) => `Each patch sees ${count(px)} × ${count(px)} pixels: the frame around it.`,
    foolsShare: (share: string, patches: number) =>
      `${share} of ${count(patches)} patches are taken for real.`,
    hotter: 'Hotter patch',
    cooler: 'Next patch that is found out',
    isHottest: 'this is the hottest',
    isCoolest: 'this is the coolest',
    rank: (rank: number, patches: number) => `number ${count(rank)} of ${count(patches)}, hottest first`,
    reading: 'Judging the patches …',
  },
  ask: {
    ask: 'Ask the discriminator',
    isBusy: 'It is being asked.',
    noPatch: 'Choose a patch first.',
    title: (column: number, row: number) => `Answer for column ${column + 1}, row ${row + 1}`,
    explanation:
      'Which patches of the data it cannot tell from this one, which edits would change its mind, and what a step of the pixels toward “real” would do.',
    patch: 'The patch',
    real: 'Most alike among the real images',
    synthetic: 'Most alike among the synthetic images',
    none: 'Nothing was found.',
    crop: (kind: string, id: number) => `${kind}: patch of image ${id}`,
    verdict: {
      isReal: (probability: string) =>
        `The discriminator takes this patch for real (${probability} refined). Edits further down the list would give it away.`,
      helps: (edit: string, before: string, after: string) =>
        `What helps most: ${edit}. That takes the patch from ${before} to ${after} refined.`,
      nothing: (edit: string, before: string, after: string) =>
        `No simple edit changes its mind: the best, ${edit}, takes it from ${before} to ${after} refined. It is about what is drawn.`,
    },
    edits: {
      title: 'What simple edits do',
      help: 'Each was made and judged: of the patch alone, then of the whole picture, by 4, 8 and 16 grey levels on average where it can be that strong. Shown is the strength that helps most. Blue is toward real, orange toward refined.',
      columns: { edit: 'Edit', effect: 'Effect', patch: 'Patch', whole: 'Picture' },
      now: 'As it is',
      effect: (effect: number) =>
        `${Math.abs(effect).toFixed(2)} toward ${effect < 0 ? 'real' : 'refined'} (log-odds)`,
      name: (edit: keyof typeof edits, grey: number) => `${edits[edit]}, by ${digits(grey)} grey levels`,
      names: edits,
    },
    looks: {
      title: 'How it differs from patches that are alike',
      columns: ['', 'Patch', 'Real', 'Synthetic'],
      rows: { mean: 'Light', contrast: 'Contrast', noise: 'Grain', sharpness: 'Sharpness' },
      help: 'Grey levels; sharpness is the slope of edges over contrast. Real and synthetic: the median of the patches below.',
    },
    gradient: 'A raw step toward real',
    gradientScale: (most: string, before: string, after: string) =>
      `Full colour is ${most} grey levels: orange lighter, blue darker. It takes the patch from ${before} to ${after} refined.`,
    shares: {
      light: 'light',
      contrast: 'contrast',
      sharpness: 'sharpness',
      position: 'position',
    },
    madeOf: (named: readonly string[], rest: string) =>
      `${named.length === 0 ? '' : `Of this step ${named.join(', ')}; `}${rest} is fine detail that no simple edit makes.`,
    mind: 'A network can be fooled by detail that no eye sees: where that is most of the step, trust the edits, not the step.',
  },
  drift: {
    toggle: 'Drift arrows, ten times as long',
    title: 'Label before and after',
    none: 'The run has no label net, so only the drift of the whole structure was measured.',
    otherStep: (step: number) => `The label net read the pictures of step ${count(step)} only.`,
    help: 'Where a network that was trained on synthetic images alone finds the points, before and after refining. Arrows are ten times as long as the way.',
    point: 'Point',
    before: 'Before',
    after: 'After',
    moved: 'Moved',
    most: (px: string) => `The point that moved most moved ${px} px.`,
    all: (points: number) => `All ${counted(points, 'point')}`,
  },
  dial: {
    title: 'Realism dial',
    explanation:
      'How far each picture goes from synthetic toward refined and beyond: x + α(R(x) − x). The loupe shows it at once.',
    alpha: 'Realism α',
    spoken: (alpha: number) => `α ${alpha.toFixed(2)}`,
    ends: ['0 synthetic', '1 refined', '1.5'],
    keepPupil: 'Leave the pupil as it was',
    fools: 'Fools D',
    foolsValue: (share: string) => `${share} of patches taken for real`,
    drift: 'Label drift',
    driftValue: (px: number, budget: number) =>
      `95 % within ${px.toFixed(2)} px; budget ${digits(budget)} px`,
    measuredWhole: 'The needles were measured with the pupil changed as well.',
    measure: 'Find the best α',
    again: 'Measure again',
    isBusy: 'The dial is being measured.',
    notMeasured:
      'The needles need a measurement: 16 positions of the dial, each judged by the discriminator and checked for drift, on up to 256 images.',
    best: (alpha: number) => `Best α: ${alpha.toFixed(2)}`,
    isBest: 'the dial is there',
    noBest: 'At no α is the drift within the budget: train with a larger λ, or raise the budget.',
    table: (images: number) => `All that was measured, on ${counted(images, 'image')}`,
    columns: ['α', 'Fools D', 'Drift p95 (px)', 'Change (grey)'],
    baselines:
      'The last rows are plain filters, fitted to the real images in a second. The discriminator never trained on them, so that it may take them for real too easily; Evaluate measures them fairly.',
    use: (alpha: number) => `Use α ${alpha.toFixed(2)} for export`,
    isSet: 'This is what is exported',
    exported: (alpha: number, keepPupil: boolean) =>
      `Exported now: α ${alpha.toFixed(2)}${keepPupil ? ', the pupil left as it was' : ''}.`,
    said: (alpha: number) => `All refined images of this checkpoint now have α ${alpha.toFixed(2)}.`,
  },
  history: {
    title: 'History buffer',
    explanation:
      'Half of the refined images that the discriminator is shown come from this buffer of older ones, so that it does not forget what it had learned to find (section 2.3 of the paper).',
    step: 'Step of the history buffer',
    filled: (held: number, capacity: number) =>
      held < capacity
        ? `${count(held)} of ${count(capacity)} places are filled`
        : `All ${counted(capacity, 'place')} are filled`,
    share: (fromBuffer: number, refined: number) =>
      fromBuffer > 0
        ? `${count(fromBuffer)} of the ${count(refined)} refined images in the next mini-batch come from it`
        : `None of the ${count(refined)} refined images in the next mini-batch comes from it: it holds too few yet`,
    sources: (sources: number, images: number) =>
      `${counted(images, 'image')} of ${counted(sources, 'synthetic image')}`,
    range: (oldest: number, newest: number) => `from step ${count(oldest)} to step ${count(newest)}`,
    ages: 'Ages of the images',
    age: (from: number, to: number, images: number) =>
      `${count(from)} to ${counted(to, 'step')} old: ${counted(images, 'image')}`,
    ageAxis: (oldest: number) => [`0`, `${counted(oldest, 'step')} old`] as const,
    branch: 'Branch a run from here …',
    order: 'Order',
    orders: { slot: 'By place', newest: 'Newest first', oldest: 'Oldest first' },
    grid: (images: number) => `${counted(images, 'image')} in the buffer`,
    tile: (slot: number, step: number, age: number) =>
      `Place ${count(slot)}, entered at step ${count(step)}, ${counted(age, 'step')} old`,
    withoutPicture: 'only its record is left',
    agePlain: (age: number) => counted(age, 'step'),
    chosen: {
      title: (slot: number) => `Place ${count(slot)}`,
      source: 'Made of',
      gone: 'an image that has left the library',
      entered: 'Entered',
      age: 'Age',
      inspect: 'Look into this image',
    },
    entered: (images: number, step: number) =>
      images === 0
        ? `Nothing entered at step ${count(step)}.`
        : `${counted(images, 'image')} entered at step ${count(step)}`,
    replaced: (slot: number, step: number | null) =>
      `place ${count(slot)}${step === null ? ', which was free' : `, in place of one of step ${count(step)}`}`,
    loading: 'the history buffer',
  },
} as const;
