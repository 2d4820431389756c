import { expect, test } from 'vitest';
import { addDataset, errorOf, imageOf, temporaryLibrary } from './temporary-library.ts';

test('tags are put on, taken off and renamed; each says what changed', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [a, b] = library.images.add(addDataset(library).id, [imageOf('a'), imageOf('b')]);
  expect(library.tags.put('blurred', [a])).toEqual([a]);
  expect(library.tags.put('blurred', [b, a])).toEqual([b]);
  expect(library.tags.put('glasses', [b])).toEqual([b]);
  expect(library.tags.put('nobody', [])).toEqual([]);
  expect(library.tags.list()).toEqual([
    { name: 'blurred', images: 2 },
    { name: 'glasses', images: 1 },
  ]);
  expect(library.tags.of(b)).toEqual(['blurred', 'glasses']);
  expect(library.tags.ofMany([a, b, 99])).toEqual(
    new Map([
      [a, ['blurred']],
      [b, ['blurred', 'glasses']],
    ]),
  );
  expect(library.tags.put('of nobody', [99])).toEqual([]);
  expect(library.tags.put('glasses', [99, b])).toEqual([]);
  expect(errorOf(() => library.tags.rename('glasses', 'blurred')).code).toBe('busy');
  expect(errorOf(() => library.tags.rename('hat', 'cap')).code).toBe('not-found');
  library.tags.rename('glasses', 'spectacles');
  expect(library.tags.takeOff('spectacles', [a, b])).toEqual([b]);
  expect(library.tags.takeOff('blurred', [a])).toEqual([a]);
  expect(library.tags.list()).toEqual([{ name: 'blurred', images: 1 }]);
  library.images.remove([b]);
  expect(library.tags.list()).toEqual([]);
});
