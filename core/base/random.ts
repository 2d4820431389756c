/** State of a generator: four unsigned 32-bit words. Saved in checkpoints. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded, serialisable random generator: sfc32 (Chris Doty-Humphrey, PractRand), period >= 2^32, passes
 * PractRand and BigCrush. Same seed, same numbers, on every platform.
 */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  range(low: number, high: number): number;
  /** Standard normal (Box–Muller, one value per two uniforms, so that the state stays four words). */
  normal(): number;
  /** Uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Fisher–Yates in place; returns its argument. */
  shuffle<T extends { [index: number]: number; length: number }>(values: T): T;
  state(): RandomState;
}

/** A generator for a seed and a path of names, so that independent streams never share numbers. */
export function createRandom(seed: number, ...stream: (string | number)[]): Random {
  let hash = fnv1a(String(seed));
  for (const part of stream) hash = fnv1a(`/${String(part)}`, hash);
  const random = restoreRandom([hash, Math.imul(hash, 0x9e3779b1) >>> 0, fnv1a('sfc32', hash), 1]);
  for (let round = 0; round < 15; round++) random.uniform();
  return random;
}

/** Goes on exactly where the generator whose state was saved stopped. */
export function restoreRandom(state: RandomState): Random {
  let [a, b, c, counter] = state;
  const uniform = (): number => {
    const mixed = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return (mixed >>> 0) / 4294967296;
  };
  return {
    uniform,
    range: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (limit) => Math.floor(uniform() * limit),
    shuffle(values) {
      for (let last = values.length - 1; last > 0; last--) {
        const other = Math.floor(uniform() * (last + 1));
        const kept = values[last];
        values[last] = values[other];
        values[other] = kept;
      }
      return values;
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, counter >>> 0],
  };
}

function fnv1a(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
