import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { ageHistogram, type HistorySlot } from './history-buffer.ts';
import type { HistoryEntry } from './history-entries.ts';
import { addRun, temporaryLibrary } from './temporary-library.ts';

const CAPACITY = 64;
const PER_STEP = 4;

/** The paper's buffer, simulated: filled first, then random slots replaced. Gives what it held after each step. */
function simulate(stepCount: number): { entries: HistoryEntry[][]; contents: HistorySlot[][] } {
  const random = createRandom(3, 'history test');
  const slots: HistorySlot[] = [];
  const entries: HistoryEntry[][] = [];
  const contents: HistorySlot[][] = [];
  for (let step = 0; step < stepCount; step++) {
    const places = random.shuffle(Array.from({ length: CAPACITY }, (_, slot) => slot)).slice(0, PER_STEP);
    entries.push(
      Array.from({ length: PER_STEP }, (_, index) => {
        const slot = slots.length < CAPACITY ? slots.length : places[index];
        const replacedStep = slot < slots.length ? slots[slot].enteredStep : null;
        const sourceImageId = 1 + random.integer(100_000);
        slots[slot] = { slot, sourceImageId, enteredStep: step, replacedStep };
        return { slot, sourceImageId, replacedStep };
      }),
    );
    contents.push([...slots]);
  }
  return { entries, contents };
}

test('the whole buffer can be seen as it was after any step', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  const other = addRun(library).id;
  const { entries, contents } = simulate(600);
  library.historyBuffer.append(other, [{ step: 3, entries: entries[0] }]);
  for (let from = 0; from < 600; from += 50) {
    const steps = entries
      .slice(from, from + 50)
      .map((entered, index) => ({ step: from + index, entries: entered }));
    library.historyBuffer.append(id, steps);
  }
  for (let step = 0; step < 600; step += 7) {
    expect(library.historyBuffer.atStep(id, step)).toEqual(contents[step]);
  }
  expect(library.historyBuffer.atStep(id, 5_000)).toEqual(contents[599]);
  expect(library.historyBuffer.atStep(id, -1)).toEqual([]);
  expect(library.historyBuffer.entered(id, 300)).toEqual(
    entries[300].toSorted((left, right) => left.slot - right.slot),
  );
  expect(library.historyBuffer.entered(id, 600)).toEqual([]);
  expect(library.historyBuffer.range(id)).toEqual({ first: 0, last: 599 });

  const { binSteps, counts } = ageHistogram(library.historyBuffer.atStep(id, 599), 599, 10);
  const ages = contents[599].map(({ enteredStep }) => 599 - enteredStep);
  expect(counts.length).toBeLessThanOrEqual(10);
  expect(counts).toEqual(
    counts.map((_, bin) => ages.filter((age) => Math.floor(age / binSteps) === bin).length),
  );
  expect(counts.reduce((sum, count) => sum + count)).toBe(CAPACITY);

  library.historyBuffer.truncateAfter(id, 200);
  expect(library.historyBuffer.atStep(id, 599)).toEqual(contents[200]);
  expect(library.historyBuffer.range(other)).toEqual({ first: 3, last: 3 });
});

test('a slot may be replaced twice in one step, as when K_d is 2', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  const entry = (slot: number, sourceImageId: number, replacedStep: number | null): HistoryEntry => ({
    slot,
    sourceImageId,
    replacedStep,
  });
  library.historyBuffer.append(id, [{ step: 1, entries: [entry(0, 10, null), entry(1, 11, null)] }]);
  library.historyBuffer.append(id, [{ step: 2, entries: [entry(0, 20, 1)] }]);
  library.historyBuffer.append(id, [{ step: 2, entries: [entry(0, 21, 2), entry(2, 22, null)] }]);
  expect(library.historyBuffer.entered(id, 2)).toHaveLength(3);
  expect(library.historyBuffer.atStep(id, 2)).toEqual([
    { slot: 0, sourceImageId: 21, enteredStep: 2, replacedStep: 2 },
    { slot: 1, sourceImageId: 11, enteredStep: 1, replacedStep: null },
    { slot: 2, sourceImageId: 22, enteredStep: 2, replacedStep: null },
  ]);
  expect(library.historyBuffer.range(id + 1)).toBeUndefined();
});

test('a branch goes on from the buffer of its parent, and its steps are its own', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const parent = addRun(library).id;
  const branch = addRun(library).id;
  const { entries, contents } = simulate(300);
  const stepsOf = (from: number, to: number) =>
    entries.slice(from, to).map((entered, index) => ({ step: from + index, entries: entered }));
  library.historyBuffer.append(parent, stepsOf(0, 300));
  library.historyBuffer.inherit(branch, parent, 200);
  expect(library.historyBuffer.atStep(branch, 200)).toEqual(contents[200]);
  library.historyBuffer.append(branch, stepsOf(201, 300));
  for (const step of [200, 201, 230, 299]) {
    expect(library.historyBuffer.atStep(branch, step)).toEqual(contents[step]);
  }
  library.historyBuffer.truncateAfter(branch, 200);
  expect(library.historyBuffer.atStep(branch, 299)).toEqual(contents[200]);
  expect(library.historyBuffer.atStep(parent, 299)).toEqual(contents[299]);
});

test('an image of pre-training that had to go is told from an empty slot', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.historyBuffer.append(id, [
    { step: -1, entries: [{ slot: 0, sourceImageId: 7, replacedStep: null }] },
    { step: 0, entries: [{ slot: 0, sourceImageId: 8, replacedStep: -1 }] },
  ]);
  expect(library.historyBuffer.atStep(id, 0)).toEqual([
    { slot: 0, sourceImageId: 8, enteredStep: 0, replacedStep: -1 },
  ]);
});
