import type { NamedArray } from '../../components/optimizer.js';
import { CheckpointError } from '../../errors.js';
import { elementCount } from '../element-count.js';
import type { PickleStorage, PickleTensor } from '../pickle/pickle-value.js';

/** All elements of a storage as float32. */
export type ReadStorage = (storage: PickleStorage) => Promise<Float32Array>;

/** Even the smallest file may hold as many values. */
const freeValues = 1_000_000;

/**
 * Cuts tensors out of their storages. Tensors that are the whole of one storage share its memory.
 * @param size - Length of the file in bytes. Strides of 0 could make any size of it; the values together may be at most
 * twice as many as the file has bytes.
 * @throws CheckpointError if a tensor reaches beyond its storage.
 */
export async function takeTensors(
  tensors: ReadonlyMap<string, PickleTensor>,
  readStorage: ReadStorage,
  size: number,
  where: string,
): Promise<Map<string, NamedArray>> {
  expectAffordable(tensors, 2 * size + freeValues, where);
  const storages = new Map<string, { storage: PickleStorage; elements: Float32Array }>();
  const arrays = new Map<string, NamedArray>();
  for (const [name, tensor] of tensors) {
    const { storage, shape } = tensor;
    const known = storages.get(storage.key);
    if (known && (known.storage.type !== storage.type || known.storage.length !== storage.length)) {
      throw new CheckpointError(
        `${where}: tensor "${name}" takes its storage for another kind than an earlier tensor does; the file is damaged.`,
      );
    }
    const elements = known?.elements ?? (await readStorage(storage));
    storages.set(storage.key, { storage, elements });
    arrays.set(name, { shape: [...shape], data: view(elements, tensor) });
  }
  return arrays;
}

/** Checks all sizes before anything is read. */
function expectAffordable(
  tensors: ReadonlyMap<string, PickleTensor>,
  limit: number,
  where: string,
): void {
  let total = 0;
  for (const [name, tensor] of tensors) {
    const count = elementCount(tensor.shape);
    const problem = (what: string): CheckpointError =>
      new CheckpointError(
        `${where}: tensor "${name}" of shape [${tensor.shape.join(', ').slice(0, 100)}] ${what}; the file is damaged.`,
      );
    if (count === undefined) throw problem('has no possible size');
    const { start, length } = tensor.storage;
    const last = lastElement(tensor);
    if (count > 0 && !(start + last < length)) {
      throw problem(
        `reaches element ${String(start + last)} of a storage of ${String(length)} elements`,
      );
    }
    total += count;
    if (total > limit)
      throw problem('and those before it repeat far more values than the file holds');
  }
}

/** The highest element that a tensor looks at, counted from its storage's start. */
function lastElement({ offset, shape, strides }: PickleTensor): number {
  return shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), offset);
}

function view(elements: Float32Array, { storage, offset, shape, strides }: PickleTensor) {
  const count = elementCount(shape) ?? 0;
  const first = storage.start + offset;
  if (isContiguous(shape, strides)) {
    const whole = first === 0 && count === elements.length;
    return whole ? elements : elements.slice(first, first + count);
  }
  const data = new Float32Array(count);
  // Counts up like an odometer: the last axis fastest.
  const index = shape.map(() => 0);
  let position = first;
  for (let i = 0; i < count; i++) {
    data[i] = elements[position] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [length, stride] = [shape[axis] as number, strides[axis] as number];
      index[axis] = (index[axis] as number) + 1;
      position += stride;
      if ((index[axis] as number) < length) break;
      position -= length * stride;
      index[axis] = 0;
    }
  }
  return data;
}

/** Whether the elements lie in row-major order; strides of axes of length 1 are of no account. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length === 0) return true;
    if (length !== 1 && strides[axis] !== expected) return false;
    expected *= length;
  }
  return true;
}
