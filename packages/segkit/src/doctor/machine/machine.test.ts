import { expect, test } from 'vitest';

import { findGpus } from './gpus.js';
import { findCudaLibraries, findVulkanDrivers } from './native-libraries.js';
import { readNvidia } from './nvidia.js';
import { packageVersions } from './package-versions.js';
import type { System } from './system.js';

interface Fake {
  readonly files?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
  readonly env?: System['env'];
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
}

function fakeSystem({
  files = {},
  programs = {},
  env = {},
  platform = 'linux',
  arch = 'x64',
}: Fake): System {
  return {
    platform,
    arch,
    env,
    readText: (path) => Promise.resolve(files[path] ?? null),
    list: (folder) => {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      const names = below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? '');
      return Promise.resolve([...new Set(names)]);
    },
    output: (program, args) => Promise.resolve(programs[[program, ...args].join(' ')] ?? null),
  };
}

const versionFile = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024
GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)
`;
// The open kernel modules write it another way.
const openVersionFile = `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (dvs-builder@U22)
`;
const query =
  'nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader';
const rows = `NVIDIA H200, 550.54.15, 143771 MiB, 9.0
NVIDIA H200, 550.54.15, 143771 MiB, 9.0
`;
const header = `+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 550.54.15              Driver Version: 550.54.15      CUDA Version: 12.4     |
`;

test('driver and devices of NVIDIA', async () => {
  const system = fakeSystem({
    files: { '/proc/driver/nvidia/version': versionFile },
    programs: { [query]: rows, 'nvidia-smi': header },
  });
  const device = { name: 'NVIDIA H200', memory: '143771 MiB', computeCapability: '9.0' };
  expect(await readNvidia(system)).toEqual({
    driver: '550.54.15',
    source: '/proc/driver/nvidia/version',
    cuda: '12.4',
    devices: [device, device],
  });
});

test.each([
  [
    'open modules, no nvidia-smi',
    { files: { '/proc/driver/nvidia/version': openVersionFile } },
    '570.86.15',
  ],
  ['nvidia-smi alone, as on Windows', { programs: { [query]: rows } }, '550.54.15'],
  ['neither', {}, undefined],
  // What it prints, with exit code 0 on some versions, when the driver is not loaded.
  ['nvidia-smi without a driver', { programs: { [query]: 'NVIDIA-SMI has failed\n' } }, undefined],
])('the driver of NVIDIA: %s', async (_, fake, driver) => {
  expect((await readNvidia(fakeSystem(fake)))?.driver).toBe(driver);
});

test('GPUs on the PCI bus; adapters of virtual machines and sound are none', async () => {
  const device = (slot: string, vendor: string, kind: string, id: string) => ({
    [`/sys/bus/pci/devices/${slot}/vendor`]: `${vendor}\n`,
    [`/sys/bus/pci/devices/${slot}/class`]: `${kind}\n`,
    [`/sys/bus/pci/devices/${slot}/device`]: `${id}\n`,
  });
  const files = {
    ...device('0000:01:00.0', '0x10de', '0x030200', '0x2335'),
    ...device('0000:01:00.1', '0x10de', '0x040300', '0x22ba'),
    ...device('0000:02:00.0', '0x1002', '0x030000', '0x744c'),
    ...device('0000:00:02.0', '0x1234', '0x030000', '0x1111'),
  };
  expect(await findGpus(fakeSystem({ files }))).toEqual([
    { vendor: 'NVIDIA', device: '0x2335' },
    { vendor: 'AMD', device: '0x744c' },
  ]);
  expect(await findGpus(fakeSystem({ platform: 'darwin', arch: 'arm64' }))).toEqual([
    { vendor: 'Apple', device: null },
  ]);
});

test('CUDA libraries of the cache and of LD_LIBRARY_PATH', async () => {
  const cache = `2 libs found in cache \`/etc/ld.so.cache'
	libcudart.so.12 (libc6,x86-64) => /usr/local/cuda-12.4/lib64/libcudart.so.12
	libcurl.so.4 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcurl.so.4
`;
  const system = fakeSystem({
    programs: { 'ldconfig -p': cache },
    files: { '/opt/cudnn/libcudnn.so.9': '', '/opt/cudnn/libcudnn.so': '', '/opt/cudnn/x.txt': '' },
    env: { LD_LIBRARY_PATH: '/opt/cudnn:' },
  });
  expect(await findCudaLibraries(system)).toEqual([
    '/opt/cudnn/libcudnn.so.9',
    '/usr/local/cuda-12.4/lib64/libcudart.so.12',
  ]);
});

test('Vulkan drivers, of the system or as the environment chooses', async () => {
  const files = { '/usr/share/vulkan/icd.d/nvidia_icd.json': '{}' };
  const env = { VK_ICD_FILENAMES: '/a/swiftshader.json' };
  expect(await findVulkanDrivers(fakeSystem({ files }))).toEqual(Object.keys(files));
  expect(await findVulkanDrivers(fakeSystem({ files, env }))).toEqual(['/a/swiftshader.json']);
});

test('versions of what is installed', () => {
  const versions = packageVersions();
  expect(versions['@tensorflow/tfjs-core']).toMatch(/^4\.\d+\.\d+$/);
  expect(versions['@segkit/backend-ort']).toBe(versions.segkit);
});
