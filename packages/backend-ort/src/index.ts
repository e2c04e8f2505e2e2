import * as tf from '@tensorflow/tfjs-core';

import { OrtBackend } from './backend.js';
import { registerOrtBackend } from './register.js';
import { checkSettings, type OrtSettings } from './runtime/settings.js';
import type { OrtStats } from './runtime/stats.js';

export { GraphError, OrtBackendError, OutOfMemoryError, RuntimeUnavailableError } from './errors.js';
export { loadRuntime } from './runtime/native.js';
export type { ExecutionProvider, OrtSettings } from './runtime/settings.js';
export type { OrtStats } from './runtime/stats.js';

let configured: Partial<OrtSettings> = {};

/** The backend `ort`, if it has been started. */
function started(): OrtBackend | undefined {
  const backend: unknown = tf.engine().registry['ort'];
  return backend instanceof OrtBackend ? backend : undefined;
}

/**
 * Sets how the backend computes, before or after it has started; what is not named stays as it is.
 * @throws OrtBackendError if a setting is wrong.
 */
export function configure(settings: Partial<OrtSettings>): void {
  checkSettings(settings);
  configured = { ...configured, ...settings };
  started()?.configure(settings);
}

/** What the backend did since it started: why a program is slow. Zeros before it has started. */
export function stats(): OrtStats {
  return (
    started()?.snapshot() ?? {
      flushes: 0,
      compiles: 0,
      cacheHits: 0,
      graphs: 0,
      fallbacks: {},
      recorded: 0,
      runSeconds: 0,
      compileSeconds: 0,
      peakBytes: 0,
    }
  );
}

registerOrtBackend('ort', () => configured);
