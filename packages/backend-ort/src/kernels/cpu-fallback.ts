import type * as tf from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';

import type { OrtBackend } from '../backend.js';

/** The backend whose kernels run what has no lowering; apart from the one that tfjs may have registered. */
let cpu: MathBackendCPU | undefined;

/**
 * Runs a kernel by tfjs-backend-cpu: reads its inputs, which computes what is recorded, and writes its results. Counted as
 * a fallback if it has inputs; what is made from nothing interrupts no recording.
 */
export function runOnCpu(
  kernel: tf.KernelConfig,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
  backend: OrtBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  cpu ??= quietCpu();
  const host = cpu;
  const used: tf.TensorInfo[] = [];
  const lend = (input: tf.TensorInfo): tf.TensorInfo => {
    const info = toCpu(input, backend, host);
    used.push(info);
    return info;
  };
  try {
    const given = mapInputs(inputs, lend);
    if (used.length > 0) backend.stats.countFallback(kernel.kernelName);
    const results = kernel.kernelFunc({ inputs: given, ...(attrs && { attrs }), backend: host });
    const made = Array.isArray(results) ? results : [results];
    used.push(...made);
    const infos = made.map((result) => fromCpu(result, backend, host));
    return Array.isArray(results) ? infos : (infos[0] ?? []);
  } finally {
    for (const { dataId } of used) host.disposeData(dataId, true);
  }
}

/** A cpu backend that does not advise on its first use to install another one. */
function quietCpu(): MathBackendCPU {
  return Object.assign(new MathBackendCPU(), { firstUse: false });
}

/** What a kernel takes under a name: a tensor, a list of them, or nothing. */
type Input = tf.TensorInfo | readonly tf.TensorInfo[] | null | undefined;

function mapInputs(
  inputs: tf.NamedTensorInfoMap,
  lend: (input: tf.TensorInfo) => tf.TensorInfo,
): tf.NamedTensorInfoMap {
  const map = (input: Input): Input => {
    if (input == null) return input;
    return isList(input) ? input.map(lend) : lend(input);
  };
  // Kernels of many inputs are given a list.
  const given: Readonly<Record<string, Input>> | readonly Input[] = inputs;
  const mapped = Array.isArray(given)
    ? given.map(map)
    : Object.fromEntries(Object.entries(given).map(([name, input]) => [name, map(input)]));
  return mapped as tf.NamedTensorInfoMap;
}

function isList(
  input: tf.TensorInfo | readonly tf.TensorInfo[],
): input is readonly tf.TensorInfo[] {
  return Array.isArray(input);
}

/** Some kernels ask their inputs for the rank, as if these were tensors. */
interface RankedTensorInfo extends tf.TensorInfo {
  readonly rank: number;
}

function toCpu(input: tf.TensorInfo, backend: OrtBackend, host: MathBackendCPU): RankedTensorInfo {
  const { dataId, shape, dtype } = input;
  const rank = shape.length;
  const parts = backend.data.get(dataId).host?.complexTensorInfos;
  if (parts === undefined) {
    const values = backend.readSync(dataId) as never;
    return { ...host.makeTensorInfo(shape, dtype, values), rank };
  }
  const complex = host.makeTensorInfo(shape, 'complex64');
  const stored = host.data.get(complex.dataId);
  stored.complexTensorInfos = {
    real: toCpu({ ...parts.real, shape }, backend, host),
    imag: toCpu({ ...parts.imag, shape }, backend, host),
  };
  return { ...complex, rank };
}

function fromCpu(
  { dataId, shape, dtype }: tf.TensorInfo,
  backend: OrtBackend,
  host: MathBackendCPU,
): tf.TensorInfo {
  const { complexTensorInfos } = host.data.get(dataId);
  if (complexTensorInfos === undefined) {
    return { dataId: backend.write(host.readSync(dataId), shape, dtype), shape, dtype };
  }
  const { real, imag } = complexTensorInfos;
  return backend.makeComplex(fromCpu(real, backend, host), fromCpu(imag, backend, host));
}
