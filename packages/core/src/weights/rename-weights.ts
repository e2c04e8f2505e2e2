import type { RenameRule } from '../components/weights.js';
import { CheckpointError } from '../errors.js';

/**
 * Applies to every name the first rule that fits.
 * @throws CheckpointError if two arrays get the same name.
 */
export function renameAll<T>(
  arrays: ReadonlyMap<string, T>,
  rules: readonly RenameRule[],
  where: string,
): ReadonlyMap<string, T> {
  if (rules.length === 0) return arrays;
  const renamed = new Map<string, T>();
  for (const [name, array] of arrays) {
    const rule = rules.find(({ from }) => name.startsWith(from));
    const target = rule === undefined ? name : rule.to + name.slice(rule.from.length);
    if (renamed.has(target)) {
      throw new CheckpointError(
        `${where}: by "rename", two arrays get the name "${target}"; make the rules more exact.`,
      );
    }
    renamed.set(target, array);
  }
  return renamed;
}

/** Beginnings beyond this are not tried. */
const maxCandidates = 200;

/**
 * The beginning with which most of the network's names are in the file: nothing, or such as `module.` of a parallel
 * network, `backbone.` of a whole one. The shortest of equals.
 * @param names - The network's.
 */
export function choosePrefix(names: readonly string[], file: ReadonlyMap<string, unknown>): string {
  const [first = ''] = names;
  const candidates = new Set(['']);
  for (const name of file.keys()) {
    if (name.endsWith(`.${first}`)) candidates.add(name.slice(0, name.length - first.length));
    if (candidates.size >= maxCandidates) break;
  }
  const score = (prefix: string): number => names.filter((name) => file.has(prefix + name)).length;
  const byLength = [...candidates].sort((a, b) => a.length - b.length);
  return byLength.reduce((best, prefix) => (score(prefix) > score(best) ? prefix : best));
}
