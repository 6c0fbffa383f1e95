/** Several streams as one. */

/**
 * Everything of all of them, as it comes. When whoever reads has enough, or one fails, `leave` is called: it must make every stream end. Then each is
 * closed, also one that has something to say.
 */
export async function* mergeStreams<T>(
  streams: readonly AsyncIterable<T>[],
  leave: () => void,
): AsyncGenerator<T> {
  const open = new Set(streams.map((stream) => stream[Symbol.asyncIterator]()));
  /** In the order in which they came: a race of all would grow at each silent stream with every word of the others. */
  const arrived: Promise<Next<T>>[] = [];
  let wake = (): void => {};
  function pull(iterator: AsyncIterator<T>): void {
    const next = iterator.next().then((result) => ({ iterator, result }));
    const arrive = () => {
      arrived.push(next);
      wake();
    };
    next.then(arrive, arrive);
  }

  for (const iterator of open) pull(iterator);
  try {
    while (open.size > 0) {
      if (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const { iterator, result } = await arrived.shift()!;
      if (result.done) {
        open.delete(iterator);
        continue;
      }
      pull(iterator);
      yield result.value;
    }
  } finally {
    leave();
    await Promise.allSettled([...open].map((iterator) => iterator.return?.()));
  }
}

interface Next<T> {
  readonly iterator: AsyncIterator<T>;
  readonly result: IteratorResult<T>;
}
