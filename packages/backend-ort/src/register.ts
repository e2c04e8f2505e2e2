import * as tf from '@tensorflow/tfjs-core';

import { OrtBackend } from './backend.js';
import { OrtBackendError } from './errors.js';
import { isNumeric } from './graph/dtype.js';
import { sizeOf } from './graph/shape.js';
import { runOnCpu } from './kernels/cpu-fallback.js';
import type { Recorder } from './kernels/recorder.js';
import { recorders } from './kernels/table.js';
import type { OrtSettings } from './runtime/settings.js';

/** As tfjs-node's: above the backends that run anywhere. */
const priority = 3;

interface View {
  readonly x: tf.TensorInfo | undefined;
  readonly shape: number[];
}

/** Kernels that give their input another name or shape and copy nothing; `null` if this call is none of these. */
const viewKernels: Readonly<
  Record<string, (inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap) => View | null>
> = {
  Identity: ({ x }) => ({ x, shape: x?.shape ?? [] }),
  Cast: ({ x }, { dtype }) => (x?.dtype === dtype ? { x, shape: x?.shape ?? [] } : null),
  Reshape: ({ x }, { shape }) => ({
    x,
    shape: tf.util.inferFromImplicitShape(shape as number[], sizeOf(x?.shape ?? [])),
  }),
  ExpandDims: ({ input }, { dim }) => {
    const rank = input?.shape.length ?? 0;
    tf.util.assert(
      Number(dim) >= -(rank + 1),
      () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`,
    );
    const axis = Number(dim) < 0 ? rank + Number(dim) + 1 : Number(dim);
    const shape = [...(input?.shape ?? [])];
    shape.splice(axis, 0, 1);
    return { x: input, shape };
  },
};

/**
 * Registers a backend and its kernels with tfjs.
 * @param name - The name for `tf.setBackend`. Two backends of two names share nothing but the native library.
 * @param settings - Asked when the backend starts; {@link configure} and {@link stats} are about the backend `ort` alone.
 */
export function registerOrtBackend(
  name: string,
  settings: () => Partial<OrtSettings> = () => ({}),
): void {
  const cpuKernels = new Map(
    tf.getKernelsForBackend('cpu').map((kernel) => [kernel.kernelName, kernel]),
  );
  for (const kernelName of new Set([...cpuKernels.keys(), ...Object.keys(recorders)])) {
    registerKernel(name, kernelName, cpuKernels.get(kernelName));
  }
  tf.registerBackend(name, () => new OrtBackend(settings()), priority);
}

function registerKernel(
  backendName: string,
  kernelName: string,
  cpuKernel: tf.KernelConfig | undefined,
): void {
  const recorder = recorders[kernelName];
  const view = viewKernels[kernelName];
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs = {}, backend }) => {
      const ort = expectOrt(backend, kernelName);
      const made = view?.(inputs, attrs);
      if (made != null) return makeView(ort, made);
      if (kernelName === 'Complex') return complex(ort, inputs);
      return recordOrRun(ort, kernelName, cpuKernel, recorder, inputs, attrs);
    },
  });
}

/** tfjs hands a kernel the backend that it was registered for. */
function expectOrt(backend: unknown, kernelName: string): OrtBackend {
  if (backend instanceof OrtBackend) return backend;
  throw new OrtBackendError(`backend ort: the kernel ${kernelName} was called on another backend.`);
}

function makeView(ort: OrtBackend, { x, shape }: View): tf.TensorInfo {
  if (x === undefined) throw new Error('backend ort: a view needs an input.');
  ort.incRef(x.dataId);
  return { dataId: x.dataId, shape, dtype: x.dtype };
}

function complex(ort: OrtBackend, { real, imag }: tf.NamedTensorInfoMap): tf.TensorInfo {
  if (real === undefined || imag === undefined)
    throw new Error('backend ort: Complex needs two inputs.');
  const copy = (part: tf.TensorInfo): tf.TensorInfo => ({
    dataId: ort.write(ort.readSync(part.dataId), part.shape, 'float32'),
    shape: part.shape,
    dtype: 'float32',
  });
  return ort.makeComplex(copy(real), copy(imag));
}

function recordOrRun(
  ort: OrtBackend,
  kernelName: string,
  cpuKernel: tf.KernelConfig | undefined,
  recorder: Recorder | undefined,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo | tf.TensorInfo[] {
  const recordable = Object.values(inputs).every(
    (input) => input == null || (isNumeric(input.dtype) && sizeOf(input.shape) > 0),
  );
  const recording = recordable ? recorder?.(inputs, attrs, ort.knownNumbers) : undefined;
  const whole = recording?.outputs.every(({ shape }) => sizeOf(shape) > 0) === true;
  if (recording == null || !whole) {
    if (cpuKernel !== undefined) return runOnCpu(cpuKernel, inputs, attrs, ort);
    throw new Error(
      `backend ort: the kernel ${kernelName} takes non-empty float32 maps of rank 4.`,
    );
  }
  const infos = ort.record(recording);
  const [first] = infos;
  return recording.isList !== true && infos.length === 1 && first !== undefined ? first : infos;
}
