/**
 * Whether a test's full name is meant by a pattern: the name itself, or with `*` for any run of characters.
 * @param {string} pattern
 * @param {string} name
 */
export function matches(pattern, name) {
  if (pattern === name) return true;
  if (!pattern.includes('*')) return false;
  const literals = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's').test(name);
}
