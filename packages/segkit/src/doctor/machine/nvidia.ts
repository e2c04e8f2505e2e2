import type { System } from './system.js';

/** What NVIDIA's driver tells. */
export interface Nvidia {
  /** The driver's version, e.g. `550.54.15`. */
  readonly driver: string;
  /** Where it was read: `/proc/driver/nvidia/version` or `nvidia-smi`. */
  readonly source: string;
  /** The newest CUDA that the driver serves, as `nvidia-smi` tells; `null` without it. */
  readonly cuda: string | null;
  readonly devices: readonly NvidiaDevice[];
}

/** A device as `nvidia-smi` lists it. */
export interface NvidiaDevice {
  readonly name: string;
  readonly memory: string;
  readonly computeCapability: string;
}

const versionFile = '/proc/driver/nvidia/version';
const query = ['--query-gpu=name,driver_version,memory.total,compute_cap', '--format=csv,noheader'];

/** Driver and devices; `null` where neither `/proc/driver/nvidia/version` nor `nvidia-smi` is there. */
export async function readNvidia(system: System): Promise<Nvidia | null> {
  const [text, rows, header] = await Promise.all([
    system.readText(versionFile),
    system.output('nvidia-smi', query),
    system.output('nvidia-smi', []),
  ]);
  const cells = (rows ?? '')
    .split('\n')
    .filter((row) => row.includes(','))
    .map((row) => row.split(',').map((cell) => cell.trim()));
  const fromFile = /Kernel Module.*?\s(\d+(?:\.\d+)+)\s/.exec(text ?? '')?.[1];
  const driver = fromFile ?? cells[0]?.[1];
  if (driver === undefined) return null;
  return {
    driver,
    source: fromFile === undefined ? 'nvidia-smi' : versionFile,
    cuda: /CUDA Version:\s*(\d+\.\d+)/.exec(header ?? '')?.[1] ?? null,
    devices: cells.map(([name = '', , memory = '', computeCapability = '']) => ({
      name,
      memory,
      computeCapability,
    })),
  };
}
