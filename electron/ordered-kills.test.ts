import { expect, it } from 'vitest';
import { createOrderedKills } from './ordered-kills.ts';

it('tells a process that was killed on purpose from one that crashed, once for each kill', () => {
  const kills = createOrderedKills();
  kills.add('SimGAN worker');
  kills.add('SimGAN worker');
  expect(kills.take('SimGAN engine probe')).toBe(false);
  expect(kills.take(undefined)).toBe(false);
  expect(kills.take('SimGAN worker')).toBe(true);
  expect(kills.take('SimGAN worker')).toBe(true);
  expect(kills.take('SimGAN worker')).toBe(false);
});
