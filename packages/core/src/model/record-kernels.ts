import * as tf from '@tensorflow/tfjs-core';

/** A tensor as a kernel saw it. */
export interface SeenTensor {
  readonly id: number;
  readonly shape: readonly number[];
}

/** One call of a tfjs kernel. */
export interface KernelCall {
  readonly name: string;
  readonly inputs: Readonly<Record<string, SeenTensor>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly SeenTensor[];
}

/**
 * Runs a computation and lists the kernels that it calls, in their order. Tensors keep their ids after they are disposed, so
 * the list tells what was made of what.
 */
export function recordKernels<T>(compute: () => T): { result: T; calls: readonly KernelCall[] } {
  const engine = tf.engine();
  const calls: KernelCall[] = [];
  const original = engine.runKernel.bind(engine);
  engine.runKernel = (name, inputs, attributes) => {
    const outputs = original<tf.Tensor | tf.Tensor[]>(name, inputs, attributes);
    calls.push({
      name,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([input, tensor]) => [input, seen(tensor)]),
      ),
      attributes: { ...attributes },
      outputs: [outputs].flat().map((output) => seen(output)),
    });
    return outputs as never;
  };
  try {
    return { result: compute(), calls };
  } finally {
    Reflect.deleteProperty(engine, 'runKernel');
  }
}

function seen({ id, shape }: tf.Tensor): SeenTensor {
  return { id, shape: [...shape] };
}
