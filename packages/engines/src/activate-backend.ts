import { EngineError } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes a registered TensorFlow.js backend the current one.
 * @param engine - The engine's name, which opens the error message.
 * @param backend - The backend's name in TensorFlow.js.
 * @param remedy - What the user can do if it does not start.
 * @throws EngineError if the backend is not registered or does not start.
 */
export async function activateBackend(
  engine: string,
  backend: string,
  remedy: string,
): Promise<void> {
  let started: boolean;
  try {
    started = await tf.setBackend(backend);
  } catch (cause) {
    throw startFailure(engine, backend, remedy, cause);
  }
  if (!started) throw startFailure(engine, backend, remedy, undefined);
}

function startFailure(
  engine: string,
  backend: string,
  remedy: string,
  cause: unknown,
): EngineError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new EngineError(
    `engine ${engine}: the TensorFlow.js backend "${backend}" did not start${reason}. ${remedy}`,
    { cause },
  );
}
