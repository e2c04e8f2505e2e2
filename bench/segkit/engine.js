// Starts segkit's engine with a number of threads, and reads what the engine ort counts.
import { createApp, firstParty } from 'segkit';

import { BenchError, engineSpec } from '../arguments.js';

/** The package of the engine ort, or null: it may be absent, and the other engines need none of it. */
async function backendOrt() {
  try {
    return await import('@segkit/backend-ort');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/**
 * An app whose engine runs.
 * @param text - The engine, as `engineSpec` reads it; undefined takes the first that starts.
 * @returns `app`, the engine's name, and `stats()`: the counters of the engine ort, null on every other engine.
 */
export async function startEngine(text, threads) {
  const spec = text === undefined ? null : engineSpec(text);
  // Not even imported for another engine: it would load ONNX Runtime, which a memory benchmark would count.
  const ort = spec === null || spec.name === 'ort' ? await backendOrt() : null;
  ort?.configure({ threads });
  const app = createApp({ plugins: firstParty });
  const engine = await app.startEngine(spec);
  return { app, engine, stats: () => (engine === 'ort' ? ort.stats() : null) };
}

/** Throws unless the engine counts what it does. */
export function expectStats({ engine, stats }, benchmark) {
  if (stats() !== null) return;
  throw new BenchError(
    `the engine "${engine}" runs every operation at once and counts nothing; ${benchmark} needs --engine ort.`,
  );
}
