import type { z } from 'zod';
import type { healthSchema } from '../../contract/operations/datasets.ts';
import type { HealthScale } from './health-scale.ts';
import type { HealthSide } from './health-side.ts';

type Health = z.infer<typeof healthSchema>;
type Finding = Health['findings'][number];

/** What the findings are drawn from. */
export interface HealthMeasures extends Omit<Health, 'madeAt' | 'findings'> {
  /** Images whose file was not there when it was last looked for. */
  readonly missing: number;
  /** Synthetic images in use that have no label at all. */
  readonly unlabelled: number;
  /** Some sets hold depth maps and others pictures. */
  readonly isMixed: boolean;
}

/** With fewer a discriminator learns them by heart. */
const FEW_IMAGES = 500;
const NOTABLE_GREY = 20;
const NOTABLE_RATIO = 1.5;
const NOTABLE_SHARPNESS_RATIO = 2;
const NOTABLE_SHARE = 0.01;
const NOTABLE_MM = 50;
/** A keypoint of fewer images is none that a network learns. */
const SELDOM = 0.05;
const NAMED = 6;
const TOLD_AT_A_GLANCE = 0.9;
/** Of both domains: a classifier that fails on fewer may only have seen too few. */
const FEW_JUDGED = 400;
const HARDLY_TOLD = 0.6;

/** What was found and what to do about it, warnings first. */
export function findingsOf(measures: HealthMeasures): Finding[] {
  const { synthetic, real } = measures;
  const findings = [
    ...missingDomain('synthetic', synthetic, 'Import labelled synthetic images, or simulate some.'),
    ...missingDomain('real', real, 'Import real images. They need no labels.'),
    ...few('synthetic', synthetic),
    ...few('real', real),
    ...mixed(measures),
    ...leaks(measures),
    ...files(measures),
    ...labels(measures),
    ...(synthetic ? sizes('synthetic', synthetic) : []),
    ...(real ? sizes('real', real) : []),
    ...(synthetic ? duplicates('synthetic', synthetic) : []),
    ...(real ? duplicates('real', real) : []),
    ...(synthetic && real ? differences(synthetic, real, measures.scale) : []),
    ...separability(measures),
  ];
  const order = { warning: 0, note: 1, good: 2 } satisfies Record<Finding['level'], number>;
  return findings.sort((left, right) => order[left.level] - order[right.level]);
}

function missingDomain(name: string, side: HealthSide | null, remedy: string): Finding[] {
  return side ? [] : [{ level: 'warning', text: `There is no ${name} image in use.`, remedy }];
}

function few(name: string, side: HealthSide | null): Finding[] {
  if (!side || side.images >= FEW_IMAGES) return [];
  return [
    {
      level: 'warning',
      text: `Only ${side.images} ${name} images: training may learn them by heart.`,
      remedy: `A few thousand are better. Add more, or keep an eye on the guards while training.`,
    },
  ];
}

function mixed({ isMixed }: HealthMeasures): Finding[] {
  if (!isMixed) return [];
  return [
    {
      level: 'warning',
      text: 'Some sets hold depth and others pictures, which cannot be trained against each other.',
      remedy:
        'Choose two sets of a kind when you train. What is said here of grey levels is of the pictures alone.',
    },
  ];
}

function leaks({ leaks: count, synthetic, real }: HealthMeasures): Finding[] {
  if (!synthetic || !real) return [];
  if (count === 0) return [{ level: 'good', text: 'No picture is in both domains.', remedy: '' }];
  return [
    {
      level: 'warning',
      text: `${counted(count, 'picture is', 'pictures are')} in both domains, so what is real and what synthetic contradict each other.`,
      remedy: 'Look at them, and exclude them from one of the two.',
      filter: { duplicate: true, excluded: false },
    },
  ];
}

function files({ missing }: HealthMeasures): Finding[] {
  if (missing === 0) return [];
  return [
    {
      level: 'warning',
      text: `${counted(missing, 'image has', 'images have')} no file any more.`,
      remedy:
        'If the folder was moved, open one of these images and press “Relink …” in the panel beside it: the rest of its set follows.',
      filter: { missing: true },
    },
  ];
}

function labels({ synthetic, unlabelled }: HealthMeasures): Finding[] {
  if (!synthetic) return [];
  const findings: Finding[] = [];
  if (unlabelled > 0) {
    findings.push({
      level: unlabelled === synthetic.images ? 'warning' : 'note',
      text: `${counted(unlabelled, 'synthetic image has', 'synthetic images have')} no label.`,
      remedy:
        'They can be refined, but nobody can learn from them: import them again with their labels, or exclude them.',
    });
  }
  return [...findings, ...keypoints(synthetic)];
}

/** Points that no label has are a mistake of the mapping; points that something lies before are not. */
function keypoints({ joints }: HealthSide): Finding[] {
  const absent = joints.filter(({ visibleShare, hiddenShare }) => visibleShare + hiddenShare < SELDOM);
  const hidden = joints.filter((joint) => joint.visibleShare < SELDOM && !absent.includes(joint));
  const findings: Finding[] = [];
  if (absent.length > 0) {
    findings.push({
      level: 'warning',
      text: `Hardly any image has a label for ${namesOf(absent)}.`,
      remedy: 'Import again and check which columns or files these keypoints are read from.',
    });
  }
  if (hidden.length > 0) {
    findings.push({
      level: 'note',
      text: `Labelled, but hidden in nearly all images: ${namesOf(hidden)}.`,
      remedy:
        'That is as it should be where lids or fingers lie before them: whether a label still fits is judged by the others. If you see them in the images, their visibility was read wrongly.',
    });
  }
  return findings;
}

function namesOf(joints: HealthSide['joints']): string {
  const names = joints.slice(0, NAMED).map(({ name }) => name);
  const more = joints.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function sizes(name: string, { sizes: all, images }: HealthSide): Finding[] {
  if (all.length < 2) return [];
  const shapes = new Set(all.map(({ widthPx, heightPx }) => (widthPx / heightPx).toFixed(1)));
  const [usual] = all;
  return [
    {
      level: 'note',
      text: `The ${name} images have ${all.length >= 12 ? '12 or more' : all.length} sizes; ${percent(usual.count / images)} have ${usual.widthPx}×${usual.heightPx}.`,
      remedy:
        shapes.size > 1
          ? 'Their shapes differ, too: training crops what does not fit. Check the shape with before and after.'
          : 'They are brought to one size for training.',
    },
  ];
}

function duplicates(name: 'synthetic' | 'real', { duplicates: count, images }: HealthSide): Finding[] {
  if (count / images < NOTABLE_SHARE) return [];
  return [
    {
      level: 'note',
      text: `${percent(count / images)} of the ${name} images are duplicates of others.`,
      remedy: 'They weigh more than the rest: look at them, and exclude all but one of each.',
      filter: { role: name, duplicate: true, excluded: false },
    },
  ];
}

function differences(synthetic: HealthSide, real: HealthSide, scale: HealthScale): Finding[] {
  return scale.unit === 'mm'
    ? [...distances(synthetic, real, scale), ...sharpness(synthetic, real)]
    : [...greys(synthetic, real, scale), ...sharpness(synthetic, real)];
}

function distances(synthetic: HealthSide, real: HealthSide, scale: HealthScale): Finding[] {
  const farther = meanOf(real.intensity, scale.intensity) - meanOf(synthetic.intensity, scale.intensity);
  if (Math.abs(farther) <= NOTABLE_MM) return [];
  return [
    {
      level: 'note',
      text: `What real images show is ${Math.abs(farther).toFixed(0)} mm ${farther > 0 ? 'farther away' : 'nearer'} than what synthetic ones show.`,
      remedy:
        'Choose a depth window for training that holds both, or render the synthetic ones at the distance of the real ones: the refiner should not have to move them.',
    },
  ];
}

function greys(synthetic: HealthSide, real: HealthSide, scale: HealthScale): Finding[] {
  const findings: Finding[] = [];
  const brighter = meanOf(real.intensity, scale.intensity) - meanOf(synthetic.intensity, scale.intensity);
  if (Math.abs(brighter) > NOTABLE_GREY) {
    findings.push({
      level: 'note',
      text: `Real images are ${brighter > 0 ? 'brighter' : 'darker'} by ${Math.abs(brighter).toFixed(0)} grey levels.`,
      remedy: 'The refiner can learn that. Equalising both domains takes it away beforehand.',
    });
  }
  const contrast =
    meanOf(real.contrast, scale.contrast) / Math.max(1, meanOf(synthetic.contrast, scale.contrast));
  if (contrast > NOTABLE_RATIO || contrast < 1 / NOTABLE_RATIO) {
    findings.push({
      level: 'note',
      text: `Real images have ${contrast > 1 ? 'more' : 'less'} contrast: ${contrast.toFixed(1)} times that of synthetic ones.`,
      remedy: 'The refiner can learn that. Equalising both domains takes it away beforehand.',
    });
  }
  return findings;
}

function sharpness(synthetic: HealthSide, real: HealthSide): Finding[] {
  const findings: Finding[] = [];
  if (synthetic.sharpness && real.sharpness) {
    const sharper = (real.sharpness.median + 1) / (synthetic.sharpness.median + 1);
    if (sharper > NOTABLE_SHARPNESS_RATIO || sharper < 1 / NOTABLE_SHARPNESS_RATIO) {
      findings.push({
        level: 'note',
        text:
          sharper > 1
            ? 'Real images are sharper or noisier than synthetic ones.'
            : 'Real images are blurrier than synthetic ones.',
        remedy: 'This is what refining is for. Look at both at training size in the loupe.',
      });
    }
  }
  return findings;
}

function separability({ separability: test }: HealthMeasures): Finding[] {
  if (!test) return [];
  const share = percent(test.accuracy);
  if (test.images < FEW_JUDGED && test.low < TOLD_AT_A_GLANCE) {
    return [
      {
        level: 'note',
        text: `A small classifier tells the domains apart ${share} of the time (50 % is chance), but it had only ${test.images} images to learn from.`,
        remedy: 'That says little either way. Add images, and compare again.',
      },
    ];
  }
  if (test.low >= TOLD_AT_A_GLANCE) {
    return [
      {
        level: 'note',
        text: `A small classifier tells the domains apart ${share} of the time.`,
        remedy: 'That is the gap that training is to close; 50 % would be chance.',
      },
    ];
  }
  if (test.high <= HARDLY_TOLD) {
    return [
      {
        level: 'good',
        text: `A small classifier hardly tells the domains apart (${share}; 50 % is chance).`,
        remedy: 'There is little for a refiner to do.',
      },
    ];
  }
  return [
    {
      level: 'note',
      text: `A small classifier tells the domains apart ${share} of the time (50 % is chance).`,
      remedy: 'Training is to bring this nearer to chance.',
    },
  ];
}

/** Mean of what was counted into bins. */
function meanOf(counts: readonly number[], { from, width }: HealthScale['pixels']): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const middle = (bin: number): number => from + (bin + 0.5) * width;
  return counts.reduce((sum, count, bin) => sum + count * middle(bin), 0) / Math.max(1, total);
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`;
const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
