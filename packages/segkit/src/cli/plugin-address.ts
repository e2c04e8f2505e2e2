/**
 * Where a thread of the loader imports the plugins of a module from: a module of ours that reads it as this command does,
 * TypeScript included.
 * @param source - Absolute path of the module or config, or the name of a package.
 */
export function addressOf(source: string): string {
  const { url } = import.meta;
  // Beside this file in the sources as in a build.
  const address = new URL(url.endsWith('.ts') ? 'plugin-module.ts' : 'plugin-module.js', url);
  address.searchParams.set('import', source);
  return address.href;
}
