/** How many pixels each of `classes` classes has; other labels, such as ignoreIndex, do not count. */
export function countClasses(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label >= 0 && label < classes) counts[label] = (counts[label] as number) + 1;
  }
  return counts;
}

/** Index of the pixel of a class that `rank` other pixels of it precede; -1 if it has not that many. */
export function findPixel(labels: Int32Array, label: number, rank: number): number {
  let left = rank;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === label && left-- === 0) return i;
  }
  return -1;
}
