/** One weight in float64, row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** The weights of a network by name, such as `refiner/block-2/first/filter`. */
export type Weights = ReadonlyMap<string, Weight>;

/** Gradients of a loss by weights, by the weights' names. */
export type WeightGradients = ReadonlyMap<string, Float64Array>;

/** What a network's `NamedWeight` is, to someone who knows no TensorFlow.js. */
interface DeviceWeight {
  readonly name: string;
  readonly variable: { readonly shape: readonly number[]; dataSync(): ArrayLike<number> };
}

/** The values that the weights of a network (or slots of an optimizer) have now, exact in float64. */
export function weightsOf(named: readonly DeviceWeight[]): Weights {
  return new Map(
    named.map(({ name, variable }) => [
      name,
      { shape: [...variable.shape], values: Float64Array.from(variable.dataSync()) },
    ]),
  );
}

/** The named weight; an Error where it is missing. */
export function weightNamed(weights: Weights, name: string): Weight {
  const weight = weights.get(name);
  if (!weight) throw new Error(`There is no weight ${name}.`);
  return weight;
}
