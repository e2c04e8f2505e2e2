import { basename } from 'node:path';

import type { Machine } from './machine/machine.js';

/** How the loaders of Linux and macOS, and TensorFlow's own, name a library that is not there. */
const missingPatterns = [
  /([^\s:'"()]+\.so[.\d]*): cannot open shared object file/g,
  /Could not load dynamic library '([^']+)'/g,
  /Library not loaded: (\S+)/g,
];

/** The native libraries that a text tells missing, each once. */
export function missingLibraries(text: string): readonly string[] {
  const found = missingPatterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, name = '']) => name),
  );
  return [...new Set(found)];
}

const cudaName = /^lib(?:cudart|cudnn|cublas|cublasLt|cufft|curand|cusolver|cusparse|nccl|cuda)\b/;

/** What the machine's facts add to the reason why an engine does not start. */
export function hintsFor(
  reason: string,
  missing: readonly string[],
  machine: Machine,
): readonly string[] {
  const cuda = missing.filter((name) => cudaName.test(basename(name)));
  const hints = cuda.flatMap((name) => otherVersions(basename(name), machine));
  if (cuda.length > 0 && machine.cudaLibraries.length === 0) {
    hints.push("The system's loader finds no CUDA library (ldconfig -p, LD_LIBRARY_PATH).");
  }
  const wantsCuda = cuda.length > 0 || /CUDA device/.test(reason);
  if (wantsCuda && machine.nvidia === null) {
    hints.push('No NVIDIA driver: neither /proc/driver/nvidia/version nor nvidia-smi is there.');
  }
  if (
    /adapter|no GPU/i.test(reason) &&
    machine.platform === 'linux' &&
    machine.vulkanDrivers.length === 0
  ) {
    hints.push('No Vulkan driver: /usr/share/vulkan/icd.d and /etc/vulkan/icd.d are empty.');
  }
  if (/NODE_MODULE_VERSION|different Node\.js version/.test(reason)) {
    hints.push(
      `The native module was built for another Node than ${machine.node}; rebuild it with this one.`,
    );
  }
  return hints;
}

/** Libraries that are there in another version than the one that is asked for, e.g. `libcudart.so.12`. */
function otherVersions(name: string, { cudaLibraries }: Machine): string[] {
  const [stem = name] = name.split('.so');
  const others = cudaLibraries.filter((path) => basename(path).startsWith(`${stem}.so`));
  return others.length === 0 ? [] : [`${name} is wanted; there is ${others.join(', ')}.`];
}
