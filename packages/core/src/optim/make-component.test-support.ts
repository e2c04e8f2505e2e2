import { silentLogger } from '../components/logger.js';
import { SegkitError } from '../errors.js';
import type { Arguments, Instance, Kind } from '../registry/component-kinds.js';
import type { ComponentContext, Plugin } from '../registry/plugin.js';
import { randomStream } from '../tensor/random-stream.js';

function noNestedComponents(): never {
  throw new SegkitError('this component has no nested components.');
}

/** For tests: validates options with the plugin's schema and makes the component, as the registry does. */
export function makeComponent<K extends Kind>(
  plugin: Plugin<K>,
  options: object,
  args: Arguments<K>,
): Instance<K> {
  const context: ComponentContext = {
    path: plugin.kind,
    logger: silentLogger,
    random: randomStream(0),
    create: noNestedComponents,
  };
  return plugin.create(plugin.schema(noNestedComponents).parse(options), args, context);
}
