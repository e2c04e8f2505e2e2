import { EngineError, messageOf } from '@segkit/core';

import { DeviceLostError, OutOfMemoryError } from './errors.js';
import type { BufferDescriptor, GpuDevice, GpuError } from './gpu.js';

/** How long a failed read waits for the device to say why it failed. */
const reportSeconds = 0.5;

/**
 * Notices what a device reports beside its results: that it is lost, out of memory, or was given what it refuses. WebGPU throws
 * none of these; without a guard, kernels would go on and their results be zeros. The first report stays: what was
 * computed after it is not to be trusted.
 */
export class DeviceGuard {
  readonly #adapter: string;
  readonly #limits: GpuDevice['limits'];
  #failure: EngineError | undefined;
  /** Rejects with the failure, and only then. */
  readonly #failing: Promise<never>;
  #fail!: (error: EngineError) => void;
  /** Allocations whose outcome is not known yet. */
  readonly #open = new Set<Promise<void>>();
  #closed = false;

  /** @param adapter - The adapter's name, for messages. */
  constructor(device: GpuDevice, adapter: string) {
    this.#adapter = adapter;
    this.#limits = device.limits;
    this.#failing = new Promise((_resolve, reject) => {
      this.#fail = (error) => {
        if (this.#closed) return;
        this.#failure ??= error;
        reject(this.#failure);
      };
    });
    // It may be that nobody reads any more.
    this.#failing.catch(() => undefined);
    void device.lost.then((info) => {
      this.#fail(new DeviceLostError(adapter, info));
    });
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#refused(error);
    });
    this.#watchAllocations(device);
  }

  get isSound(): boolean {
    return this.#failure === undefined;
  }

  /** @throws DeviceLostError, OutOfMemoryError or EngineError if something has gone wrong on the device. */
  expectSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** From now on nothing is a failure: the device is about to be destroyed. */
  close(): void {
    this.#closed = true;
  }

  /**
   * The result of a read, if all that was asked of the device before it went well.
   * @throws DeviceLostError, OutOfMemoryError or EngineError if not.
   */
  async watch<T>(read: () => Promise<T>): Promise<T> {
    this.expectSound();
    let result: T;
    try {
      result = await Promise.race([read(), this.#failing]);
    } catch (cause) {
      await this.#settle();
      // A read may fail a moment before the device says that it is lost.
      await Promise.race([this.#failing, delay(reportSeconds)]).catch(() => undefined);
      throw this.#failure ?? this.#unexplained(cause);
    }
    await this.#settle();
    this.expectSound();
    return result;
  }

  async #settle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  #watchAllocations(device: GpuDevice): void {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      this.#expectAllowed(descriptor);
      device.pushErrorScope('out-of-memory');
      try {
        return createBuffer(descriptor);
      } catch (cause) {
        // Thrown by memory that is to be mapped at once.
        if (!(cause instanceof RangeError)) throw cause;
        throw new OutOfMemoryError(this.#adapter, descriptor.size, cause.message, { cause });
      } finally {
        this.#note(device.popErrorScope(), descriptor.size);
      }
    };
  }

  #expectAllowed({ size }: BufferDescriptor): void {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#limits;
    const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (size <= largest) return;
    const reason = `one tensor may have ${String(largest)} there`;
    throw new OutOfMemoryError(this.#adapter, size, reason);
  }

  #note(outcome: Promise<GpuError | null>, bytes: number): void {
    const open = outcome.then(
      (error) => {
        if (error !== null) this.#fail(new OutOfMemoryError(this.#adapter, bytes, error.message));
      },
      // A scope of a lost device cannot be popped; `lost` tells.
      () => undefined,
    );
    this.#open.add(open);
    void open.then(() => this.#open.delete(open));
  }

  #refused(error: GpuError): void {
    const failure =
      error.constructor.name === 'GPUOutOfMemoryError'
        ? new OutOfMemoryError(this.#adapter, null, error.message)
        : this.#unexplained(error);
    // Buffers that found no room are refused wherever they are used; that they found none is the reason to tell.
    if (this.#open.size === 0) this.#fail(failure);
    else
      void this.#settle().then(() => {
        this.#fail(failure);
      });
  }

  #unexplained(cause: unknown): EngineError {
    const message = cause instanceof Error ? messageOf(cause) : (cause as GpuError).message;
    return new EngineError(
      `engine webgpu: "${this.#adapter}" refused its work: ${message.trim()} ` +
        'Results from here on would be wrong; choose another engine, and report this if the network is made of parts of segkit.',
      { cause },
    );
  }
}

function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}
