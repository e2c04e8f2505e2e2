import type { Logger } from '../components/logger.js';
import { EngineError } from '../errors.js';
import { registerGradients } from '../ops/register-gradients.js';
import type { ResolvedSpec } from './component-kinds.js';
import type { Registry } from './registry.js';

/**
 * Makes an engine current, with a warning for every one before it that is installed but does not start, and registers tfjs-core's gradients.
 * @param spec - The engine to start; `null` tries the registered ones in order and takes the first that starts.
 * @returns The engine's name.
 * @throws EngineError if the named engine, or every engine, fails to start.
 */
export async function startEngine(
  registry: Registry,
  spec: ResolvedSpec | null,
  logger: Logger,
): Promise<string> {
  await registerGradients();
  if (spec !== null) {
    await registry.create('engine', spec, {}, { path: 'engine' }).start();
    return spec.name;
  }
  const reasons: string[] = [];
  for (const { name } of registry.list('engine')) {
    try {
      const options = registry.schemaOf(registry.find('engine', name)).parse({});
      await registry.create('engine', { name, ...options }, {}, { path: 'engine' }).start();
      return name;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      reasons.push(error.message);
      if (!error.notInstalled) logger.warn(`${error.message} Trying the next engine.`);
    }
  }
  throw new EngineError(
    reasons.length === 0
      ? 'no engine is registered; pass the plugins of @segkit/engines to createApp().'
      : `no engine starts:\n  ${reasons.join('\n  ')}`,
  );
}
