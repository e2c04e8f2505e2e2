import { createApp } from '../app.js';
import { silentLogger } from '../components/logger.js';
import type { Arguments, Instance, Kind } from '../registry/component-kinds.js';
import type { Plugin } from '../registry/plugin.js';

/** For tests: validates options with the plugin's schema and makes the component. */
export function makeComponent<K extends Kind>(
  plugin: Plugin<K>,
  options: object,
  args: Arguments<K>,
): Instance<K> {
  const { registry } = createApp({ plugins: [plugin], logger: silentLogger });
  const spec = { name: plugin.name, ...registry.schemaOf(plugin).parse(options) };
  return registry.create(plugin.kind, spec, args);
}
