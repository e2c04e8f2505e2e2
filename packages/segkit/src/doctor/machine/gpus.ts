import type { System } from './system.js';

/** A display or compute device on the PCI bus, or Apple's. */
export interface Gpu {
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel' | 'Apple';
  /** The PCI device, e.g. `0x2330`; `null` where there is no bus. */
  readonly device: string | null;
}

const vendors: Readonly<Record<string, Gpu['vendor']>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
};

/**
 * Devices that an engine could compute on: of Linux's PCI bus those of class 3 (display controllers), of a Mac its own chip's.
 * Others, such as the adapters of virtual machines, compute nothing. On Windows only `nvidia-smi` knows (see `nvidia`).
 */
export async function findGpus(system: System): Promise<readonly Gpu[]> {
  if (system.platform === 'darwin') {
    return system.arch === 'arm64' ? [{ vendor: 'Apple', device: null }] : [];
  }
  const bus = '/sys/bus/pci/devices';
  const found = await Promise.all(
    (await system.list(bus)).map(async (slot): Promise<readonly Gpu[]> => {
      const read = async (file: string) =>
        (await system.readText(`${bus}/${slot}/${file}`))?.trim() ?? '';
      const vendor = vendors[await read('vendor')];
      if (vendor === undefined || !(await read('class')).startsWith('0x03')) return [];
      return [{ vendor, device: await read('device') }];
    }),
  );
  return found.flat();
}
