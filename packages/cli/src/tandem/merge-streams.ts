/** Several streams as one. */

/** Everything of all of them, as it comes. When whoever reads has enough, `leave` is called: it must make every stream end. */
export async function* mergeStreams<T>(
  streams: readonly AsyncIterable<T>[],
  leave: () => void,
): AsyncGenerator<T> {
  const waiting = new Map(streams.map((stream) => nextOf(stream[Symbol.asyncIterator]())));
  try {
    while (waiting.size > 0) {
      const { iterator, result } = await Promise.race(waiting.values());
      waiting.delete(iterator);
      if (result.done) continue;
      waiting.set(...nextOf(iterator));
      yield result.value;
    }
  } finally {
    leave();
    await Promise.allSettled(waiting.values());
  }
}

interface Next<T> {
  readonly iterator: AsyncIterator<T>;
  readonly result: IteratorResult<T>;
}

const nextOf = <T>(iterator: AsyncIterator<T>): [AsyncIterator<T>, Promise<Next<T>>] => [
  iterator,
  iterator.next().then((result) => ({ iterator, result })),
];
