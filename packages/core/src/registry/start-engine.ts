import type { Logger } from '../components/logger.js';
import { EngineError } from '../errors.js';
import { registerGradients } from '../ops/register-gradients.js';
import type { ResolvedSpec } from './component-kinds.js';
import type { Registry } from './registry.js';

/**
 * Makes an engine current, with a warning for every one before it that is installed but does not start, and registers
 * tfjs-core's gradients.
 * @param spec - The engine to start, options that it lacks being their defaults; `null` tries the registered ones in order
 * and takes the first that starts.
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
    await start(registry, spec);
    return spec.name;
  }
  const reasons: string[] = [];
  for (const { name } of registry.list('engine')) {
    try {
      await start(registry, { name });
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

async function start(registry: Registry, { name, ...options }: ResolvedSpec): Promise<void> {
  const parsed = registry.schemaOf(registry.find('engine', name)).parse(options);
  await registry.create('engine', { name, ...parsed }, {}, { path: 'engine' }).start();
}
