/**
 * A config's `train` without the length that other keys replace: a run is as long as its steps or its epochs say, never
 * both.
 * @param replacing - Keys of `train` that are about to be set.
 */
export function withoutReplacedLength<T extends object>(
  train: T,
  replacing: readonly string[],
): Partial<T> {
  const replaced = [
    ...(replacing.includes('steps') ? ['epochs'] : []),
    ...(replacing.includes('epochs') ? ['steps'] : []),
  ];
  return Object.fromEntries(
    Object.entries(train).filter(([key]) => !replaced.includes(key)),
  ) as Partial<T>;
}
