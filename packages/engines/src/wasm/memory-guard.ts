import { EngineError } from '@segkit/core';

/** The part of the WebAssembly module that hands out memory; the address 0 means that there is none. */
export interface Allocator {
  _malloc: (bytes: number) => number;
}

const mark = Symbol.for('@segkit/engines/guarded-allocation');

/**
 * Makes a tensor for which no memory is left an error. The backend itself takes the failed allocation's address 0 and
 * writes there, so that training would go on with garbage once the 4 GiB that WebAssembly can address are used up.
 * Calling it again changes nothing.
 */
export function guardMemory(module: Allocator): void {
  if (mark in module._malloc) return;
  const allocate = module._malloc;
  const guarded = (bytes: number): number => {
    const address = allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    throw new EngineError(
      `engine wasm: no memory for a tensor of ${(bytes / 2 ** 20).toFixed(1)} MiB; WebAssembly addresses 4 GiB at most. ` +
        'Use a smaller batch, smaller crops or a narrower network, or an engine with native memory (tfjs-node).',
    );
  };
  module._malloc = Object.assign(guarded, { [mark]: true });
}
