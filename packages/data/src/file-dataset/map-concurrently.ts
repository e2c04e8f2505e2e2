/**
 * Maps items by an asynchronous function, at most `limit` of them at a time.
 * @returns The results in the order of the items; rejects with the first rejection.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // All workers draw from one iterator, so each item is taken once.
    for (const [index, item] of queue) results[index] = await map(item, index);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
