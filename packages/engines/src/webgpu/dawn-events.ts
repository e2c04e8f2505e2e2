import { setImmediate as nextTurn } from 'node:timers';

import { EngineError } from '@segkit/core';

import type { GpuBuffer, GpuDevice } from './gpu.js';

type Turn = () => void;

/** Between two looks of a thread that does nothing else, in milliseconds. */
const pause = 0.05;

/** Looks that follow each other at once; after that the GPU has more to do, and a look every millisecond will do. */
const quickLooks = 50;

/**
 * Turns Dawn's event loop under Node. Its binding looks for finished work in callbacks that it hands to the global
 * `setImmediate`; this class keeps the callback instead, so that it can be called while a program waits for a value
 * without giving way, which is what `tensor.dataSync()` needs, and so that waiting does not take a whole processor core.
 */
export class DawnEvents {
  #due: Turn | undefined;
  #waiting = false;
  #looks = 0;

  /** Makes a call into the binding, keeping the callback that it may hand over. */
  call<T>(work: () => T): T {
    const original = globalThis.setImmediate;
    const keep = (turn: Turn): void => {
      this.#due = turn;
      if (!this.#waiting) this.#schedule(turn);
    };
    globalThis.setImmediate = keep as unknown as typeof setImmediate;
    try {
      return work();
    } finally {
      globalThis.setImmediate = original;
    }
  }

  /** Sees to it that the calls of a device that are answered later are made through {@link call}. */
  attach(device: GpuDevice): void {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const mapAsync = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = (mode) => {
        this.#looks = 0;
        return this.call(() => mapAsync(mode));
      };
      return buffer;
    };
    const popErrorScope = device.popErrorScope.bind(device);
    device.popErrorScope = () => this.call(popErrorScope);
  }

  /**
   * Maps a buffer and waits for it, blocking the thread.
   * @throws EngineError if it cannot be mapped, or the binding does not hand over its callback.
   */
  mapSync(buffer: GpuBuffer, mode: number): void {
    this.#waiting = true;
    try {
      buffer.mapAsync(mode).catch(() => undefined);
      while (buffer.mapState === 'pending') this.#turnOrThrow();
    } finally {
      this.#waiting = false;
      if (this.#due !== undefined) this.#schedule(this.#due);
    }
    if (buffer.mapState !== 'mapped') {
      throw new EngineError(
        'engine webgpu: the values of a tensor could not be read back; the device is lost.',
      );
    }
  }

  #turnOrThrow(): void {
    const turn = this.#due;
    if (turn === undefined) {
      throw new EngineError(
        'engine webgpu: this version of the package webgpu cannot read values without waiting; ' +
          'use await tensor.data() instead of tensor.dataSync().',
      );
    }
    this.#due = undefined;
    this.call(turn);
    sleep(pause);
  }

  #schedule(turn: Turn): void {
    const take = (): void => {
      // Unless it was called by somebody who could not wait.
      if (this.#due !== turn) return;
      this.#due = undefined;
      this.call(turn);
    };
    this.#looks += 1;
    // Node's own, while the global one may be replaced.
    if (this.#looks <= quickLooks) nextTurn(take);
    else setTimeout(take, 1);
  }
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

function sleep(milliseconds: number): void {
  Atomics.wait(nothing, 0, 0, milliseconds);
}
