import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { beforeAll, expect, it } from 'vitest';
import { resultOf, simgan, simganJson, startSimgan } from '../support/simgan.ts';

const SMALL = {
  '--preset': 'test',
  '--engine': 'wasm',
  '--width-px': '24',
  '--height-px': '18',
  '--history-capacity': '48',
  '--metrics-every': '1',
  '--checkpoint-every': '10',
  '--preview-every': '1000',
  '--evaluation-every': '0',
};
/** A refiner that nothing holds back. */
const UNBOUND = {
  '--lambda': '0',
  '--kg': '4',
  '--refiner-learning-rate': '0.003',
  '--guard-diversity': '0',
};
/** Without labels, so that no label net is taught first. */
const EYES = { '--synthetic': 'plain', '--real': 'eyes camera' };

/** Eyes of both looks, the rendered ones once more without labels, and their negatives as real images. */
let library: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-guards-'));
  library = join(folder, 'a.simgan');
  await simganJson(folder, 'init', 'a.simgan');
  for (const look of ['render', 'camera']) {
    await simganJson(library, 'simulate', 'eye', '--count', '60', '--look', look, '--name', `eyes ${look}`);
  }
  const negatives = join(folder, 'negatives');
  const rendered = join(library, 'images', 'eyes render');
  await mkdir(negatives);
  for (const name of await readdir(rendered, { recursive: true })) {
    if (!name.endsWith('.png')) continue;
    const picture = decode(await readFile(join(rendered, name)));
    const data = picture.data.map((level) => 255 - level);
    await writeFile(join(negatives, name.replaceAll(/\W/g, '-') + '.png'), encode({ ...picture, data }));
  }
  await simganJson(library, 'import', 'real', negatives, '--name', 'negatives');
  await simganJson(
    library,
    'import',
    ...['synthetic', rendered, '--format', 'plain-folder', '--unlabelled', '--name', 'plain'],
  );
  return () => rm(folder, { recursive: true });
});

it.each([
  {
    deserves: 'a refiner that λ holds where it is',
    settings: { ...EYES, '--lambda': '1000', '--guard-patience': '5', '--steps': '8' },
    says: /Step 6: The refiner hardly changes its input: 0\.\d\d grey levels, below 2\. .* What may help: lower λ to/,
  },
  {
    deserves: 'a discriminator whose opponent does not learn',
    settings: {
      ...{ ...EYES, '--refiner-learning-rate': '0.000001', '--discriminator-learning-rate': '0.01' },
      ...{ '--guard-saturation': '0.7', '--guard-patience': '10', '--steps': '40' },
    },
    says: /Step \d+: The discriminator has won: it knows [78]\d % of all patches.* What may help: lower the discriminator's/,
  },
  {
    deserves: 'a discriminator that does not learn',
    settings: {
      ...{ ...EYES, ...UNBOUND, '--discriminator-learning-rate': '0.0000001' },
      ...{ '--guard-beaten': '0.45', '--guard-patience': '5', '--steps': '20' },
    },
    says: /Step \d+: The discriminator has lost: it is right on [1-4]\d % of all patches.* or raise K_d to 2\./,
  },
  {
    deserves: 'images that become alike',
    settings: {
      ...{ ...EYES, ...UNBOUND, '--refiner-learning-rate': '0.01', '--guard-inversion': 'off' },
      ...{ '--guard-diversity': '0.5', '--drift-budget': '0', '--evaluation-every': '10', '--steps': '100' },
    },
    says: /Step \d+: Refined images have become alike: they differ from each other by \d+ % .* The run was stopped\./,
  },
  {
    deserves: 'negatives of the images',
    settings: {
      ...{ '--synthetic': 'plain', '--real': 'negatives', ...UNBOUND },
      ...{ '--drift-budget': '0', '--evaluation-every': '10', '--steps': '100' },
    },
    says: /Step \d+: Refined images .*: the two correlate by -0\.\d\d; .* What may help: raise λ to 0\.1\./,
  },
  {
    deserves: 'labels that move',
    settings: {
      ...{ '--synthetic': 'eyes render', '--real': 'eyes camera', ...UNBOUND, '--guard-inversion': 'off' },
      ...{ '--drift-budget': '0.5', '--evaluation-every': '5', '--steps': '100' },
    },
    says: /Step \d+: Labels drift: 5 % of the images moved by more than \d\.\d px, over the budget of 0\.5\. The run was stopped/,
  },
  {
    deserves: 'structure that is not found again',
    settings: {
      ...{ '--synthetic': 'plain', '--real': 'negatives', ...UNBOUND, '--guard-inversion': 'off' },
      ...{ '--drift-budget': '20', '--evaluation-every': '5', '--steps': '60' },
    },
    says: /Step \d+: Labels cannot be followed any more: in \d+ % of the images what was there is not found again\./,
  },
  {
    deserves: 'numbers that overflow',
    settings: {
      ...{ ...EYES, '--optimizer': 'sgd', '--loss-reduction': 'sum', '--steps': '20' },
      ...{ '--refiner-learning-rate': '10', '--discriminator-learning-rate': '10' },
    },
    says: /Training broke down at step \d+: \S+ is (NaN|-?Infinity)\.\s+Nothing after the last checkpoint is kept\. Lower/,
  },
])('a training with $deserves is told so', async ({ settings, says }) => {
  const flags = Object.entries({ ...SMALL, ...settings }).flat();
  const { stdout, stderr } = await simgan(library, 'train', '--seed', '1', ...flags);
  expect(stdout + stderr).toMatch(says);
});

it('a training without a sign of life is told to be interrupted', async () => {
  const flags = Object.entries({ ...SMALL, ...EYES }).flat();
  const training = startSimgan(library, 'train', '--name', 'killed', '--steps', '100000', ...flags);
  const ended = resultOf(training);
  training.stderr.on('data', (said: Buffer) => {
    if (said.toString().includes('Training')) training.kill('SIGKILL');
  });
  await ended;
  expect(await simganJson(library, 'runs')).toContainEqual(
    expect.objectContaining({ name: 'killed', status: 'interrupted' }),
  );
});
