import * as tf from '@tensorflow/tfjs-core';

import { OrtBackend } from './backend.js';
import { OrtBackendError } from './errors.js';
import type { CapturedModel } from './program/capture.js';
import { registerOrtBackend } from './register.js';
import { checkSettings, mergeSettings, type OrtSettings } from './runtime/settings.js';
import type { OrtStats } from './runtime/stats.js';

export {
  GraphError,
  OrtBackendError,
  OutOfMemoryError,
  RuntimeUnavailableError,
} from './errors.js';
export type { CapturedModel } from './program/capture.js';
export { registerOrtBackend } from './register.js';
export { loadRuntime, type NativeRuntime } from './runtime/native.js';
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
  configured = mergeSettings(configured, settings);
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

/** What {@link capture} takes for results: one tensor, or several by name. */
export type CapturedResult = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

/**
 * The ONNX model of what `compute` computes; nothing is run. Only for the backend `ort`, when it is the current one.
 * @param compute - Makes a tensor, or several by name, from the inputs; its tensors are disposed afterwards.
 * @param inputs - Tensors that are to be the model's inputs, by name, with the shapes that the model will have. All others,
 * such as weights, become constants of the model.
 * @returns The model; a single result is called `output`.
 * @throws OrtBackendError if `ort` is not the current backend, or if `compute` reads a tensor on its way.
 * @example
 * const image = tf.zeros([1, 256, 256, 3]);
 * const { model } = capture(() => network.predict(image), { image });
 * await writeFile('network.onnx', model);
 */
export function capture(
  compute: () => CapturedResult,
  inputs: Readonly<Record<string, tf.Tensor>> = {},
): CapturedModel {
  const backend = started();
  if (backend === undefined || tf.getBackend() !== 'ort') {
    throw new OrtBackendError(
      `backend ort: capture() needs the backend "ort" to be current, but it is "${tf.getBackend()}"; ` +
        "call await tf.setBackend('ort') first.",
    );
  }
  let model: CapturedModel | undefined;
  tf.tidy(() => {
    const results = (): Map<string, tf.Tensor> => {
      const made = compute();
      return new Map(made instanceof tf.Tensor ? [['output', made]] : Object.entries(made));
    };
    model = backend.capture(results, new Map(Object.entries(inputs)));
  });
  if (model === undefined) throw new OrtBackendError('backend ort: capture() made no model.');
  return model;
}

registerOrtBackend('ort', () => configured);
