/** Pages of a long list that is read in windows. */
export interface WindowCache<Item> {
  /** What is at a place, if it has been read and is still kept. */
  readonly at: (place: number) => Item | undefined;
  /** Says which places are looked at: they are read, and pages that were asked for before but are not wanted now, are not. */
  readonly want: (from: number, to: number) => void;
  /** Everything is read again when it is wanted; what was read stays until then. */
  readonly expire: () => void;
  /** Nothing is read any more. */
  readonly end: () => void;
}

interface Options<Item> {
  readonly count: number;
  readonly pageSize: number;
  /** Pages that are kept; those not looked at for longest are dropped. */
  readonly capacity: number;
  /** Pages that are read at the same time. */
  readonly concurrency: number;
  readonly load: (from: number, count: number) => Promise<readonly Item[]>;
  /** Something has been read, perhaps after it was looked at: it may be in view again without having been wanted again. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

interface Page<Item> {
  readonly items: readonly Item[];
  /** Which reading of the list it is of. */
  readonly edition: number;
}

/** A cache of pages, the least recently wanted of which go first. */
export function createWindowCache<Item>({
  count,
  pageSize,
  capacity,
  concurrency,
  load,
  onChange,
  onError,
}: Options<Item>): WindowCache<Item> {
  /** In the order in which they were last wanted. */
  const pages = new Map<number, Page<Item>>();
  const reading = new Set<number>();
  let wanted: number[] = [];
  let edition = 0;
  let isOver = false;

  const isFresh = (index: number): boolean => pages.get(index)?.edition === edition;

  async function read(index: number): Promise<void> {
    const asked = edition;
    reading.add(index);
    try {
      const from = index * pageSize;
      const items = await load(from, Math.min(pageSize, count - from));
      if (isOver) return;
      pages.delete(index);
      pages.set(index, { items, edition: asked });
      while (pages.size > capacity) pages.delete(pages.keys().next().value ?? 0);
      onChange();
    } catch (error) {
      if (isOver) return;
      // What cannot be read is not asked for again by itself.
      wanted = wanted.filter((other) => other !== index);
      onError(error);
    } finally {
      reading.delete(index);
      readNext();
    }
  }

  function readNext(): void {
    for (const index of wanted) {
      if (isOver || reading.size >= concurrency) return;
      if (!reading.has(index) && !isFresh(index)) void read(index);
    }
  }

  return {
    at: (place) => pages.get(Math.floor(place / pageSize))?.items[place % pageSize],
    want(from, to) {
      const first = Math.max(0, Math.floor(from / pageSize));
      const last = Math.min(Math.ceil(count / pageSize) - 1, Math.floor(to / pageSize));
      wanted = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
      for (const index of wanted) {
        const page = pages.get(index);
        if (!page) continue;
        pages.delete(index);
        pages.set(index, page);
      }
      readNext();
    },
    expire() {
      edition += 1;
      readNext();
    },
    end() {
      isOver = true;
    },
  };
}
