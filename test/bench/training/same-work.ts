import { readSafeTensors } from '../../../core/base/safetensors.ts';

/** The largest difference between the tensors of two files, each in units of the largest value of its second file's one. */
export async function largestDifference(path: string, otherPath: string): Promise<number> {
  const [{ tensors }, other] = [await readSafeTensors(path), await readSafeTensors(otherPath)];
  let largest = 0;
  for (const [name, { values: expected }] of other.tensors) {
    const values = tensors.get(name)?.values;
    if (values?.length !== expected.length) throw new Error(`${path} has no ${name} of the same size.`);
    let [scale, difference] = [0, 0];
    expected.forEach((value, at) => {
      scale = Math.max(scale, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - values[at]));
    });
    largest = Math.max(largest, difference / scale);
  }
  return largest;
}
