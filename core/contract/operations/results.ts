import { z } from 'zod';
import { annotationSchema } from '../annotation.ts';
import { BASELINES } from '../baselines.ts';
import { action, done, id, nothing, query, timestamp } from '../operation.ts';
import { jobStarted } from './jobs.ts';

const checkpoint = { runId: id, step: z.int() };

const spread = z.strictObject({ mean: z.number(), median: z.number(), percentile95: z.number() }).nullable();

const refinedSummarySchema = z.strictObject({
  ...checkpoint,
  count: z.int(),
  meanAbsChange: spread,
  discriminatorScore: spread,
  driftPx: spread,
  overBudget: z.int(),
  unverified: z.int(),
  budgetPx: z.number(),
  /** As the realism dial of the checkpoint is set; what is exported. */
  dial: z.strictObject({ alpha: z.number(), keepPupil: z.boolean() }),
});

const refinedImageSchema = z.strictObject({
  imageId: id,
  path: z.string(),
  widthPx: z.int(),
  heightPx: z.int(),
  meanAbsChange: z.number(),
  discriminatorScore: z.number(),
  driftPx: z.number().nullable(),
  alpha: z.number(),
  /** At training size, where the crop and scale of the pack put it. */
  annotations: z.array(annotationSchema),
  /** What the label net reads before and after; null where there is none. */
  labelNet: z
    .strictObject({
      before: z.array(z.tuple([z.number(), z.number()])),
      after: z.array(z.tuple([z.number(), z.number()])),
    })
    .nullable(),
});

export const refineOperations = {
  /** Refines the whole synthetic dataset; null takes the best checkpoint. */
  start: action('Refine the dataset', z.strictObject({ runId: id, step: z.int().nullable() }), jobStarted),
  /** One for each checkpoint of the run that has refined. */
  summaries: query('Show what was refined', z.strictObject({ runId: id }), z.array(refinedSummarySchema)),
  open: query(
    'Sort refined images',
    z.strictObject({
      ...checkpoint,
      by: z.enum(['id', 'drift', 'change', 'score', 'yaw', 'pitch']),
      descending: z.boolean(),
    }),
    z.strictObject({ listing: z.string(), count: z.int() }),
  ),
  window: query(
    'Read refined images',
    z.strictObject({ listing: z.string(), from: z.int().nonnegative(), count: z.int().min(1).max(500) }),
    z.array(refinedImageSchema),
  ),
  /** Where an image stands in a listing; null when it is not in it. */
  locate: query(
    'Find a refined image',
    z.strictObject({ listing: z.string(), imageId: id }),
    z.strictObject({ place: z.int().nonnegative().nullable() }),
  ),
};

/** How images look to the discriminator, and what that cost. */
const judgedLookSchema = z.strictObject({
  /** Mean D over the patches: 1 is surely refined. */
  discriminator: z.number(),
  /** Share of patches that D takes for real. */
  foolsShare: z.number(),
  driftMedianPx: z.number(),
  driftP95Px: z.number(),
  changeGrey: z.number(),
});

export const dialSchema = z.strictObject({
  ...checkpoint,
  images: z.int(),
  budgetPx: z.number(),
  points: z.array(judgedLookSchema.extend({ alpha: z.number() })),
  /** What plain filters reach, fitted to the real set; none in what an earlier version measured. */
  baselines: z.array(judgedLookSchema.extend({ of: z.enum(BASELINES) })).default([]),
  /** The most realism with the 95th percentile of drift in budget; null where none is. */
  best: z.number().nullable(),
});

/** A patch in four numbers: grey levels, and for sharpness the slope of its edges over its contrast, per pixel. */
const patchLookSchema = z.strictObject({
  mean: z.number(),
  contrast: z.number(),
  noise: z.number(),
  sharpness: z.number(),
});

const likePatchSchema = z.strictObject({ imageId: id, x: z.int(), y: z.int(), distance: z.number() });

/** What the discriminator has to say of one patch. Pixels of training size, origin top left. */
export const askSchema = z.strictObject({
  box: z.strictObject({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  /** Of being refined; that of the patch, and the mean over all patches of the picture. */
  probability: z.number(),
  wholeProbability: z.number(),
  real: z.array(likePatchSchema),
  synthetic: z.array(likePatchSchema),
  /** Of the patch itself, and the median of those most like it; null where there are none. */
  looks: z.strictObject({
    patch: patchLookSchema,
    real: patchLookSchema.nullable(),
    synthetic: patchLookSchema.nullable(),
  }),
  /** Edits, each at the strength that helps most; those that take the patch most toward real first. */
  edits: z.array(
    z.strictObject({
      edit: z.enum([
        ...['lighter', 'darker', 'more-contrast', 'less-contrast', 'sharper', 'softer'],
        ...['more-grain', 'less-grain', 'left', 'right', 'up', 'down'],
      ] as const),
      /** What it changed, the mean in grey levels. */
      changeGrey: z.number(),
      probability: z.number(),
      /** Change of ln(p / (1 − p)): below 0 is toward real. */
      effect: z.number(),
      /** When the whole picture is edited in the same way. */
      wholeProbability: z.number(),
    }),
  ),
  /** One gradient step of the pixels toward "real". */
  step: z.strictObject({
    probability: z.number(),
    changeGrey: z.number(),
    /** Of its sum of squares. */
    shares: z.strictObject({
      light: z.number(),
      contrast: z.number(),
      sharpness: z.number(),
      position: z.number(),
      rest: z.number(),
    }),
    /** In grey levels, row by row. */
    change: z.array(z.array(z.number())),
  }),
});

const patchMapSchema = z.strictObject({
  widthCells: z.int(),
  heightCells: z.int(),
  /** Probability of being refined, row by row. */
  probabilities: z.array(z.array(z.number())),
  /** Of a cell: side in pixels and step between neighbours, centre of the first column and of the first row. */
  receptiveFieldPx: z.int(),
  strideCellPx: z.number(),
  firstCentrePx: z.number(),
  firstCentreYPx: z.number(),
});

const nearestRealSchema = z.strictObject({
  /** The nearest first. */
  images: z.array(
    z.strictObject({
      imageId: id,
      path: z.string(),
      /** Correlation of small pictures whose light and contrast are taken out: 1 is the same drawing. */
      likeness: z.number(),
    }),
  ),
  /** Real images that were compared with, of all. */
  compared: z.int(),
  of: z.int(),
  /** Of real images among themselves: the median likeness to the nearest other one; null with fewer than two. */
  usualLikeness: z.number().nullable(),
});

export const inspectOperations = {
  patchMap: query(
    'Show what the discriminator says of each patch',
    z.strictObject({ ...checkpoint, imageId: id, of: z.enum(['synthetic', 'refined']) }),
    patchMapSchema,
  ),
  /** The real images most like a refined one at an α, by the measure of the strip's nearest real image. */
  nearestReal: query(
    'Find the nearest real images',
    z.strictObject({
      ...checkpoint,
      imageId: id,
      alpha: z.number().min(0).max(1.5),
      keepPupil: z.boolean(),
      most: z.int().min(1).max(50),
    }),
    nearestRealSchema,
  ),
  /** Column and row of the patch map. The job's result is `askSchema`. */
  ask: action(
    'Ask the discriminator',
    z.strictObject({ ...checkpoint, imageId: id, column: z.int().nonnegative(), row: z.int().nonnegative() }),
    jobStarted,
  ),
  /** The job's result is `dialSchema`. */
  measureDial: action(
    'Find the best α',
    z.strictObject({ ...checkpoint, images: z.int().min(8).max(2000) }),
    jobStarted,
  ),
  dial: query('Show the realism dial', z.strictObject(checkpoint), dialSchema.nullable()),
  /** x + α(R(x) − x) for all refined images of the checkpoint; what is exported. `keepPupil` leaves the pupil as it was. */
  setAlpha: action(
    'Set the realism dial',
    z.strictObject({ ...checkpoint, alpha: z.number().min(0).max(1.5), keepPupil: z.boolean() }),
    done,
  ),
};

/** A row of the comparison: what is measured, for synthetic, each baseline, and refined images. */
export const evaluationRowSchema = z.strictObject({
  measure: z.string(),
  help: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher', 'none']),
  values: z.array(
    z.strictObject({
      of: z.enum(['synthetic', ...BASELINES, 'refined', 'real']),
      value: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      images: z.int().nullable(),
    }),
  ),
});

export const evaluationSchema = z.strictObject({
  ...checkpoint,
  run: z.string(),
  madeAt: timestamp,
  /** The first is the headline. */
  verdict: z.array(z.string()),
  rows: z.array(evaluationRowSchema),
  /** What the refiner's change is made of, shares of 1; null where it was not measured. */
  breakdown: z.strictObject({ tone: z.number(), noise: z.number(), structure: z.number() }).nullable(),
  caveats: z.array(z.string()),
});

export const evaluateOperations = {
  start: action(
    'Measure what refinement did',
    z.strictObject({ runId: id, step: z.int().nullable() }),
    jobStarted,
  ),
  /** Newest first. The report is at `reportUrl`. */
  list: query('Show measurements', z.strictObject({ runId: id }), z.array(evaluationSchema)),
};

const turingTrialSchema = z.strictObject({
  session: id,
  trial: z.int(),
  total: z.int(),
  /** Blind: the address does not tell which it is. */
  pictureUrl: z.string(),
});

export const turingResultSchema = z.strictObject({
  session: id,
  runId: id,
  step: z.int(),
  startedAt: timestamp,
  /** Answered trials without the catch trials. */
  trials: z.int(),
  correct: z.int(),
  accuracy: z.number().nullable(),
  /** 95 % interval (Wilson). */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Exact one-sided binomial probability of as many right answers by guessing. */
  pValue: z.number().nullable(),
  /** Real against synthetic, hidden among the others: a rater who misses these cannot be taken at their word. */
  catchTrials: z.int(),
  catchCorrect: z.int(),
  verdict: z.string(),
});

/** The visual Turing test: real or refined? */
export const turingOperations = {
  start: action(
    'Start a Turing test',
    z.strictObject({ ...checkpoint, trials: z.int().min(10).max(1000), rater: z.string().max(100) }),
    turingTrialSchema,
  ),
  /** `real`: what the rater says. The next trial, or null after the last. */
  answer: action(
    'Answer',
    z.strictObject({ session: id, trial: z.int(), answer: z.enum(['real', 'refined']) }),
    z.strictObject({ next: turingTrialSchema.nullable() }),
  ),
  result: query('Show the result of a Turing test', z.strictObject({ session: id }), turingResultSchema),
  list: query('List Turing tests', z.strictObject({ runId: id }), z.array(turingResultSchema)),
};

const exportOrder = {
  ...checkpoint,
  formats: z.array(z.enum(['jsonl', 'csv', 'coco'])).min(1),
  /** Null holds nothing back. */
  driftBudgetPx: z.number().positive().nullable(),
  includeUnverified: z.boolean(),
};

const exportSchema = z.strictObject({
  id,
  ...checkpoint,
  run: z.string(),
  folder: z.string(),
  formats: z.array(z.string()),
  images: z.int(),
  annotations: z.int(),
  createdAt: timestamp,
});

export const exportOperations = {
  /** What would leave and what would stay; nothing is written. */
  preview: query(
    'Preview an export',
    z.strictObject({
      ...exportOrder,
      /** Which draw of random samples: 0, 1, 2, … */
      draw: z.int().nonnegative().exactOptional(),
    }),
    z.strictObject({
      images: z.int(),
      heldBack: z.strictObject({ overBudget: z.int(), unverified: z.int(), excluded: z.int() }),
      /** What the formats cannot hold. */
      losses: z.array(z.string()),
      bytes: z.number(),
      /** A few that would leave, chosen at random. */
      sampleIds: z.array(id),
      commandLine: z.string(),
    }),
  ),
  start: action(
    'Export the dataset',
    z.strictObject({ ...exportOrder, folder: z.string().min(1) }),
    jobStarted,
  ),
  list: query('List exports', nothing, z.array(exportSchema)),
  verify: action('Verify an export', z.strictObject({ folder: z.string().min(1) }), jobStarted),
};
