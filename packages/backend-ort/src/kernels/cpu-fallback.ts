import * as tf from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';

import type { OrtBackend } from '../backend.js';

/** The backend whose kernels run what has no lowering; apart from the one that tfjs may have registered. */
let cpu: MathBackendCPU | undefined;

/** Runs a kernel by tfjs-backend-cpu: reads its inputs, which computes what is recorded, and writes its results. */
export function runOnCpu(
  kernel: tf.KernelConfig,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
  backend: OrtBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  backend.stats.countFallback(kernel.kernelName);
  cpu ??= quietCpu();
  const host = cpu;
  const lent: tf.TensorInfo[] = [];
  const lend = (input: tf.TensorInfo): tf.TensorInfo => {
    const info = toCpu(input, backend, host);
    lent.push(info);
    return info;
  };
  const given = mapInputs(inputs, lend);
  const results = kernel.kernelFunc({ inputs: given, ...(attrs && { attrs }), backend: host });
  const made = Array.isArray(results) ? results : [results];
  const infos = made.map((result) => fromCpu(result, backend, host));
  for (const { dataId } of [...made, ...lent]) host.disposeData(dataId, true);
  return Array.isArray(results) ? infos : (infos[0] ?? []);
}

/** A cpu backend that does not advise on its first use to install another one. */
function quietCpu(): MathBackendCPU {
  return Object.assign(new MathBackendCPU(), { firstUse: false });
}

function mapInputs(
  inputs: tf.NamedTensorInfoMap,
  map: (input: tf.TensorInfo) => tf.TensorInfo,
): tf.NamedTensorInfoMap {
  // Kernels of many inputs are given a list.
  if (Array.isArray(inputs)) {
    return (inputs as tf.TensorInfo[]).map(map) as unknown as tf.NamedTensorInfoMap;
  }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, input == null ? input : map(input)]),
  ) as tf.NamedTensorInfoMap;
}

function toCpu(input: tf.TensorInfo, backend: OrtBackend, host: MathBackendCPU): tf.TensorInfo {
  const { dataId, shape, dtype } = input;
  const parts = backend.data.get(dataId).complexTensorInfos;
  if (parts === undefined) {
    return host.makeTensorInfo(shape, dtype, backend.readSync(dataId) as never);
  }
  const complex = host.makeTensorInfo(shape, 'complex64');
  const stored = host.data.get(complex.dataId);
  stored.complexTensorInfos = {
    real: toCpu({ ...parts.real, shape }, backend, host),
    imag: toCpu({ ...parts.imag, shape }, backend, host),
  };
  return complex;
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
