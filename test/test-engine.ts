import type { EngineOptions } from '@segkit/core';

/**
 * The engine that the tests are to run on, from the environment's `SEGKIT_TEST_ENGINE`; `undefined` leaves to every test
 * which engines it uses, and `cpu` to those that name none.
 * @example
 * ```sh
 * SEGKIT_TEST_ENGINE=tfjs-node npx vitest run packages/losses
 * ```
 */
export const testEngine = (process.env['SEGKIT_TEST_ENGINE'] || undefined) as
  keyof EngineOptions | undefined;

/** An engine with the options that tests need: `webgpu` may compute on any adapter, such as SwiftShader. */
export function engineToTest<Name extends string>(
  name: Name,
): { readonly name: Name; readonly fallbackAdapter?: boolean } {
  return name === 'webgpu' ? { name, fallbackAdapter: true } : { name };
}
