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
  readonly variable: { readonly shape: readonly number[]; data(): Promise<ArrayLike<number>> };
}

/** The values that the weights of a network (or slots of an optimizer) have now, exact in float64. */
export async function weightsOf(named: readonly DeviceWeight[]): Promise<Weights> {
  const weights = new Map<string, Weight>();
  for (const { name, variable } of named) {
    weights.set(name, { shape: [...variable.shape], values: Float64Array.from(await variable.data()) });
  }
  return weights;
}

/** The named weight; an Error where it is missing. */
export function weightNamed(weights: Weights, name: string): Weight {
  const weight = weights.get(name);
  if (!weight) throw new Error(`There is no weight ${name}.`);
  return weight;
}
