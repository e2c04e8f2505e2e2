import { EngineError } from '@segkit/core';

/** The GPU is gone: unplugged, reset by its driver after work that took too long, or taken away by the browser. */
export class DeviceLostError extends EngineError {
  override readonly name = 'DeviceLostError';
  /** As WebGPU tells it: `unknown`, or `destroyed` if the program itself ended the device. */
  readonly reason: string;

  constructor(adapter: string, { reason, message }: { reason: string; message: string }) {
    const detail = message.trim().replace(/\.$/, '');
    super(
      `engine webgpu: the device "${adapter}" was lost (${reason}${detail === '' ? '' : `: ${detail}`}). What it held is gone; ` +
        'start the engine again and resume the run from its last checkpoint.',
    );
    this.reason = reason;
  }
}

/** A tensor found no room in the GPU's memory. */
export class OutOfMemoryError extends EngineError {
  override readonly name = 'OutOfMemoryError';
  /** Bytes that were asked for, if known. */
  readonly bytes: number | null;

  constructor(adapter: string, bytes: number | null, reason: string, options?: ErrorOptions) {
    const wanted = bytes === null ? 'memory' : `${String(bytes)} bytes`;
    super(
      `engine webgpu: no ${wanted} on "${adapter}": ${reason.trim().replace(/\.$/, '')}. ` +
        'Use a smaller `train.batchSize` (`train.accumulate` keeps the update the same), smaller crops or a narrower network.',
      options,
    );
    this.bytes = bytes;
  }
}
