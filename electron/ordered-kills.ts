/** Processes that the program has killed on purpose: Electron tells of their end as of any crash. */
export interface OrderedKills {
  /** A process with this name is killed now. */
  add(name: string): void;
  /** Whether the end of a process with this name was ordered; each order counts for one end. */
  take(name: string | undefined): boolean;
}

export function createOrderedKills(): OrderedKills {
  const open = new Map<string, number>();
  return {
    add: (name) => void open.set(name, (open.get(name) ?? 0) + 1),
    take(name) {
      const count = name === undefined ? 0 : (open.get(name) ?? 0);
      if (name === undefined || count === 0) return false;
      open.set(name, count - 1);
      return true;
    },
  };
}
