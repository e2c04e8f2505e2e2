import * as tf from '@tensorflow/tfjs-core';

/** A backend that can copy numbers into an array that is there. */
interface ReadingBackend {
  readInto(dataId: tf.DataId, target: Float32Array): void;
}

/**
 * Reads a tensor's numbers into an array that is used again and again. `tensor.data()` makes a new array for every result;
 * with megabytes of them, a loop spends a tenth of its time on page faults and garbage collection.
 * @param tensor - `float32`.
 * @param target - As many numbers as the tensor has.
 * @throws RangeError if it has another number of them.
 */
export async function readInto(tensor: tf.Tensor, target: Float32Array): Promise<void> {
  if (target.length !== tensor.size) {
    throw new RangeError(
      `readInto: the tensor [${tensor.shape.join(', ')}] has ${String(tensor.size)} numbers, the array ${String(target.length)}.`,
    );
  }
  const { backend } = tf.engine();
  if (readsInto(backend)) backend.readInto(tensor.dataId, target);
  else target.set(await tensor.data<'float32'>());
}

function readsInto(backend: object): backend is ReadingBackend {
  return 'readInto' in backend;
}
