import { expect, test } from 'vitest';
import { findingsOf } from './guard.ts';

const event = (step: number, kind: string, content: unknown) => ({
  step,
  kind,
  content,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const finding = (guard: string, message: string) => ({
  guard,
  action: 'warn',
  message,
  remedies: [{ text: 'raise λ to 3', changes: { lambda: 3 } }],
});

test('of each guard its newest word counts, newest first; what is no finding is passed over', () => {
  const found = findingsOf([
    event(10, 'guard', finding('no-change', 'first')),
    event(20, 'guard', finding('discriminator-won', 'won')),
    event(25, 'paused', {}),
    event(30, 'guard', finding('no-change', 'again')),
    event(40, 'guard', { something: 'else' }),
  ]);
  expect(found.map(({ message, step }) => [message, step])).toEqual([
    ['again', 30],
    ['won', 20],
  ]);
  expect(found[0].remedies[0].changes).toEqual({ lambda: 3 });
});
