import { percent } from '../../composables/format.ts';
import { text } from '../../text/index.ts';
import type { Answer } from './useAsk.ts';

type Tried = Answer['edits'][number];

/** An edit that takes less from the probability does not change the discriminator's mind. */
const LEAST_EFFECT = 0.05;

/** A part of the step below this is not worth a word. */
const LEAST_SHARE = 0.02;

/** What the answer comes to, in a sentence. */
export function verdictOf({ probability, edits }: Answer): string {
  const words = text.inspect.ask;
  const [best] = edits;
  if (probability < 0.5 || !best) return words.verdict.isReal(percent(probability));
  const edit = words.edits.name(best.edit, best.changeGrey);
  const told = [edit, percent(probability), percent(best.probability)] as const;
  return probability - best.probability >= LEAST_EFFECT
    ? words.verdict.helps(...told)
    : words.verdict.nothing(...told);
}

/** What the raw step is made of, in a sentence: parts that have a name, the largest first, and the rest. */
export function stepMadeOf({ step: { shares } }: Answer): string {
  const { shares: names, madeOf } = text.inspect.ask;
  const named = (Object.keys(names) as (keyof typeof names)[])
    .filter((name) => shares[name] >= LEAST_SHARE)
    .sort((left, right) => shares[right] - shares[left])
    .map((name) => `${percent(shares[name])} is ${names[name]}`);
  return madeOf(named, percent(shares.rest));
}

/** The effect that fills the scale; small ones are not blown up. */
export function fullEffect(edits: readonly Tried[]): number {
  return Math.max(1, ...edits.map(({ effect }) => Math.abs(effect)));
}
