import { CheckpointError } from '../../errors.js';
import { PickleTensor, type PickleValue } from '../pickle/pickle-value.js';

/** Where training scripts put the weights, in the order of preference. */
const wrappers = [
  'state_dict',
  'model_state_dict',
  'model',
  'net',
  'network',
  'params',
  'weights',
  'module',
];

/** What training scripts put beside the weights and is none. */
const besides = /^(optim|optimizer|(lr_)?scheduler|amp|scaler)(_|$|s$)/;

const maxDepth = 16;
const maxVisits = 500_000;
const maxNameLength = 1024;

/**
 * Finds the tensors of a checkpoint: the root itself, or what it holds under a usual key such as `state_dict`.
 * Dictionaries in dictionaries give names joined by dots.
 * @throws CheckpointError if there is no tensor, or the nesting is absurd.
 */
export function findStateDict(root: PickleValue, where: string): ReadonlyMap<string, PickleTensor> {
  const chosen = unwrap(root);
  const found = new Map<string, PickleTensor>();
  if (chosen instanceof Map) collect(chosen, '', 0, { found, where, visits: 0 });
  if (found.size > 0) return found;
  const held = root instanceof Map ? ` (it holds ${keysOf(root)})` : '';
  throw new CheckpointError(
    `${where}: expected a dictionary of tensors by name${held}; ` +
      'save the state dict alone: torch.save(model.state_dict(), file).',
  );
}

function keysOf(map: ReadonlyMap<PickleValue, PickleValue>): string {
  const names = [...map.keys()].filter((key) => typeof key === 'string');
  return names.length === 0 ? 'nothing' : JSON.stringify(names.slice(0, 5)).slice(0, 200);
}

/** Goes down the usual keys as long as what lies there is a dictionary. */
function unwrap(root: PickleValue): PickleValue {
  let current = root;
  for (let depth = 0; depth < maxDepth && current instanceof Map; depth++) {
    const map: ReadonlyMap<PickleValue, PickleValue> = current;
    const inner = wrappers.map((key) => map.get(key)).find((value) => value instanceof Map);
    if (inner === undefined || [...map.values()].some((value) => isWeight(value))) return current;
    current = inner;
  }
  return current;
}

/** A single number beside a state dict (the best accuracy) is no weight. */
function isWeight(value: PickleValue): boolean {
  return value instanceof PickleTensor && value.shape.length > 0;
}

interface Collection {
  readonly found: Map<string, PickleTensor>;
  readonly where: string;
  visits: number;
}

function collect(
  map: ReadonlyMap<PickleValue, PickleValue>,
  prefix: string,
  depth: number,
  collection: Collection,
): void {
  for (const [key, value] of map) {
    collection.visits += 1;
    const nested = value instanceof Map;
    if (!nested && !(value instanceof PickleTensor)) continue;
    if (nested && typeof key === 'string' && besides.test(key)) continue;
    const name = prefix + String(typeof key === 'object' ? '?' : key);
    if (depth > maxDepth || collection.visits > maxVisits || name.length > maxNameLength) {
      throw new CheckpointError(
        `${collection.where}: its dictionaries are nested too deeply or name too much; the file is no checkpoint.`,
      );
    }
    if (nested) collect(value, `${name}.`, depth + 1, collection);
    else collection.found.set(name, value);
  }
}
