/**
 * How often and from which seed the property tests run. A suite must not fail by chance, so both are fixed: each
 * property runs as often as its test says (100 times unless it says so), from seed 1. To search further:
 *
 *     SIMGAN_PROPERTY_RUNS=1000 SIMGAN_PROPERTY_SEED=7 npx vitest run --project unit --test-timeout 0 <files>
 *
 * A counterexample is kept in its test as an entry of `examples`.
 */
export const propertySeed = wholeNumberFrom('SIMGAN_PROPERTY_SEED') ?? 1;

const searchRuns = wholeNumberFrom('SIMGAN_PROPERTY_RUNS');

/** How often a property runs: `usual` times in the suite, as often as SIMGAN_PROPERTY_RUNS says in a search. */
export function propertyRuns(usual = 100): number {
  return searchRuns ?? usual;
}

/** Called by Vitest once before the unit tests (`globalSetup`). */
export function setup(): void {
  const runs = searchRuns === undefined ? 'the runs of each test' : `${searchRuns} runs each`;
  console.log(`Property tests: seed ${propertySeed}, ${runs}.`);
}

function wholeNumberFrom(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`${variable} is "${text}": set it to a whole number from 1 to 999999999, or unset it.`);
}
