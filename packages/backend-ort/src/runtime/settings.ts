import { availableParallelism } from 'node:os';

import { OrtBackendError } from '../errors.js';

/** Where ONNX Runtime computes. */
export type ExecutionProvider = 'cpu' | 'cuda' | 'webgpu';

/** What {@link configure} can set. */
export interface OrtSettings {
  /** Threads that an operator may use. Default: the processor's cores, as Node's `availableParallelism` counts them. */
  readonly threads: number;
  /** Default `cpu`. The others take plain ONNX operators only, and what the installed library offers. */
  readonly executionProvider: ExecutionProvider;
  /**
   * Whether convolutions use ONNX Runtime's own layout with channels in blocks of 8 or 16 where a probe finds it.
   * Default `true`; `false` keeps to plain ONNX operators.
   */
  readonly blockedLayout: boolean;
  /** Compiled graphs that are kept, least recently used out first. Default 24. */
  readonly maxGraphs: number;
  /** Prefix of the path to which ONNX Runtime writes a profile of every graph's runs; `null` for none. Default `null`. */
  readonly profile: string | null;
}

/** The settings in force when nothing was configured. */
export function defaultSettings(): OrtSettings {
  return {
    threads: availableParallelism(),
    executionProvider: 'cpu',
    blockedLayout: true,
    maxGraphs: 24,
    profile: null,
  };
}

/** Settings with others in their place; those that are `undefined` change nothing. */
export function mergeSettings<T extends Partial<OrtSettings>>(
  settings: T,
  changes: Partial<OrtSettings>,
): T {
  const given = Object.entries<unknown>(changes).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(given) };
}

/**
 * Checks settings from a program in any language.
 * @throws OrtBackendError naming the setting, what it must be and what it was.
 */
export function checkSettings(settings: Partial<OrtSettings>): void {
  const known = Object.keys(defaultSettings());
  for (const name of Object.keys(settings)) {
    expect(known.includes(name), name, `one of ${known.join(', ')}`, 'no such setting');
  }
  const { threads, executionProvider, blockedLayout, maxGraphs, profile } = settings;
  expect(isCount(threads), 'threads', 'a whole number from 1', threads);
  expect(isCount(maxGraphs), 'maxGraphs', 'a whole number from 1', maxGraphs);
  expect(
    executionProvider === undefined || ['cpu', 'cuda', 'webgpu'].includes(executionProvider),
    'executionProvider',
    '"cpu", "cuda" or "webgpu"',
    executionProvider,
  );
  expect(
    blockedLayout === undefined || typeof blockedLayout === 'boolean',
    'blockedLayout',
    'true or false',
    blockedLayout,
  );
  expect(
    profile === undefined || profile === null || typeof profile === 'string',
    'profile',
    'a path prefix or null',
    profile,
  );
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isInteger(value) && (value as number) >= 1);
}

function expect(holds: boolean, name: string, expected: string, received: unknown): void {
  if (holds) return;
  throw new OrtBackendError(
    `backend ort: configure({ ${name} }) must be ${expected}, received ${JSON.stringify(received)}.`,
  );
}
