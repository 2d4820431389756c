import { count } from '../composables/format.ts';

/** Words about changes of images. */
export const edits = {
  changing: (done: number, images: number) => `Changing images: ${count(done)} of ${count(images)}`,
};
