import { expect, test } from 'vitest';
import { z } from 'zod';
import { inWords } from './schema-words.ts';

const schema = z.strictObject({
  name: z.string().trim().min(1).max(5),
  steps: z.int().min(1).max(1000),
  rate: z.number().positive().lt(1),
  psi: z.enum(['identity', 'derivatives']),
  kind: z.literal('run'),
  history: z.boolean(),
  samples: z
    .array(z.strictObject({ id: z.number() }))
    .min(1)
    .max(2),
  page: z.url().nullable(),
});
const good = {
  name: 'run 1',
  steps: 10,
  rate: 0.5,
  psi: 'identity',
  kind: 'run',
  history: true,
  samples: [{ id: 1 }],
  page: null,
};

function wordsFor(changes: Readonly<Record<string, unknown>>): string {
  const { error } = schema.safeParse({ ...good, ...changes });
  return error ? inWords(error) : 'fits';
}

test.each([
  [{}, 'fits'],
  [{ name: '  ' }, 'name must not be empty'],
  [{ name: 'too long' }, 'name must have at most 5 characters'],
  [{ name: undefined }, 'name is missing'],
  [{ name: 7 }, 'name must be text'],
  [{ steps: 0 }, 'steps must be at least 1'],
  [{ steps: 1001 }, 'steps must be at most 1000'],
  [{ steps: 1.5 }, 'steps must be a whole number'],
  [{ steps: Number.NaN }, 'steps must be a number'],
  [{ rate: 0 }, 'rate must be more than 0'],
  [{ rate: 1 }, 'rate must be less than 1'],
  [{ psi: 'x' }, 'psi must be one of identity, derivatives'],
  [{ kind: 'x' }, 'kind must be run'],
  [{ history: 'yes' }, 'history must be true or false'],
  [{ samples: [] }, 'samples must not be empty'],
  [{ samples: [{ id: 1 }, { id: 2 }, { id: 3 }] }, 'samples must have at most 2 entries'],
  [{ samples: {} }, 'samples must be a list'],
  [{ samples: [{ id: '1' }] }, 'samples.0.id must be a number'],
  [{ page: 'nowhere' }, 'page is not written as it must be'],
  [{ more: 1 }, 'it has fields that are not known: more'],
  [{ name: '', steps: 0 }, 'name must not be empty; steps must be at least 1'],
])('%j: %s', (changes, words) => {
  expect(wordsFor(changes)).toBe(words);
});

test('names are those that the user knows', () => {
  const { error } = schema.safeParse({ ...good, steps: 0 });
  expect(error && inWords(error, ([key]) => `--${String(key)}`)).toBe('--steps must be at least 1');
});
