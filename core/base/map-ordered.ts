/**
 * Maps an iterable with up to `concurrency` calls under way, and yields the results in the order of the input. When
 * one call fails, or the consumer stops, no further ones are started and those under way are awaited.
 */
export async function* mapOrdered<Input, Output>(
  items: Iterable<Input> | AsyncIterable<Input>,
  concurrency: number,
  work: (item: Input) => Promise<Output>,
): AsyncGenerator<Output> {
  const underWay: Promise<Output>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // A failure is reported when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      underWay.push(result);
      const first = underWay.length >= concurrency ? underWay.shift() : undefined;
      if (first) yield await first;
    }
    for (let next = underWay.shift(); next; next = underWay.shift()) yield await next;
  } finally {
    await Promise.allSettled(underWay);
  }
}
