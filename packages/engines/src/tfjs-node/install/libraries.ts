import { open } from 'node:fs/promises';
import { basename } from 'node:path';

import { installError } from './tensorflow-source.js';

/** The library that holds the C API: of a wheel, or of an archive of libtensorflow. */
const apiLibraries = ['libtensorflow_cc.so.2', 'libtensorflow.so.2'] as const;
const frameworkLibrary = 'libtensorflow_framework.so.2';

/** The file names to look for in a source. */
export const libraryNames: readonly string[] = [...apiLibraries, frameworkLibrary];

/** A library to install, and the name by which the binding's linker asks for it. */
export interface LinkedLibrary {
  readonly name: string;
  readonly linkName: string;
}

/**
 * The libraries that the binding needs, of those that a source has.
 * @throws EngineError if one is missing.
 */
export function chooseLibraries(
  libraries: ReadonlyMap<string, number>,
  label: string,
): readonly LinkedLibrary[] {
  const api = apiLibraries.find((name) => libraries.has(name));
  if (api === undefined || !libraries.has(frameworkLibrary)) {
    throw installError(
      `${label} must hold ${apiLibraries.join(' or ')} and ${frameworkLibrary}, found ` +
        `${[...libraries.keys()].join(', ') || 'neither'}; take a wheel of tensorflow-cpu (2.13 or newer) for Linux, or ` +
        'the folder of an installed one.',
    );
  }
  return [
    { name: api, linkName: 'libtensorflow.so' },
    { name: frameworkLibrary, linkName: 'libtensorflow_framework.so' },
  ];
}

/** ELF's `e_machine` of the processors that TensorFlow is built for. */
const machines: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183 };

/**
 * Checks that a file is a library for this processor.
 * @throws EngineError naming what it is instead.
 */
export async function expectOwnLibrary(path: string): Promise<void> {
  const file = await open(path);
  const header = Buffer.alloc(20);
  const { bytesRead } = await file.read(header, 0, header.length, 0).finally(() => file.close());
  const isElf = bytesRead === header.length && header.readUInt32BE(0) === 0x7f454c46;
  if (!isElf) throw installError(`${basename(path)} is no library of Linux.`);
  const machine = header.readUInt16LE(18);
  if (machine !== machines[process.arch]) {
    throw installError(
      `${basename(path)} is built for another processor (ELF machine ${String(machine)}), and this one is ` +
        `${process.arch}; take the wheel whose name ends with ${wheelSuffix()}.`,
    );
  }
}

/** How the names of wheels for this processor end. */
export function wheelSuffix(): string {
  return process.arch === 'arm64' ? 'aarch64.whl' : 'x86_64.whl';
}
