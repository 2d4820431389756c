import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepName, stepOfFile } from './step-names.ts';

test('the step of a file is the one that it was named after, also in pre-training', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), (step) => {
      expect(stepOfFile(`${stepName(step)}.safetensors`)).toBe(step);
    }),
  );
});
