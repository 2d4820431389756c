import type { PickedImages } from './searchQuery.ts';

const PREFIX = 'simgan.picked.';
const newest = (): number => Number(sessionStorage.getItem(`${PREFIX}newest`) ?? 0);

/** Kept by the browser for this window, so that a reload has them too. The same images have the same name. */
export const pickedImages: PickedImages = {
  put(imageIds) {
    const value = imageIds.join(',');
    const last = newest();
    if (last > 0 && sessionStorage.getItem(`${PREFIX}${last}`) === value) return String(last);
    sessionStorage.setItem(`${PREFIX}newest`, String(last + 1));
    sessionStorage.setItem(`${PREFIX}${last + 1}`, value);
    // The room for these is small, and a list of 20,000 is long.
    sessionStorage.removeItem(`${PREFIX}${last - 8}`);
    return String(last + 1);
  },
  get(name) {
    return sessionStorage.getItem(`${PREFIX}${name}`)?.split(',').map(Number);
  },
};
