import { PickleReader } from './pickle-reader.js';
import { PickleGlobal, type PickleValue } from './pickle-value.js';

/** What a pickle may refer to. */
export interface PickleHost {
  /** Whether a pickle may name this class or function, e.g. `collections.OrderedDict`. */
  readonly knows: (name: string) => boolean;
  /** Calls a known function. `undefined` if it does not take such arguments. */
  readonly call: (name: string, args: readonly PickleValue[]) => PickleValue | undefined;
  /** What a persistent id stands for. `undefined` if it is none of PyTorch's. */
  readonly persistent: (id: PickleValue) => PickleValue | undefined;
}

/** A real checkpoint has some 10 objects for each of its tensors; each takes up to 200 bytes here. */
const maxObjects = 500_000;
const maxDepth = 100_000;
/** Some 40 for each tensor. */
const maxOperations = 4_000_000;

/** Stack and memo of pickle's machine. */
export class PickleMachine {
  readonly reader: PickleReader;
  readonly host: PickleHost;
  /** Set by the operation that ends the pickle. */
  result: { readonly value: PickleValue } | undefined;
  #stack: PickleValue[] = [];
  /** The stacks below each open mark. */
  readonly #marked: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  #objects = 0;
  #operations = 0;

  constructor(bytes: Uint8Array, start: number, where: string, host: PickleHost) {
    this.reader = new PickleReader(bytes, start, where);
    this.host = host;
  }

  /** The code of the next operation. */
  nextOperation(): number {
    const code = this.reader.operation();
    this.#operations += 1;
    if (this.#operations > maxOperations) {
      throw this.reader.error(`more than ${String(maxOperations)} operations`);
    }
    return code;
  }

  push(value: PickleValue): void {
    if (typeof value === 'object' && value !== null) this.#count();
    if (this.#stack.length >= maxObjects) throw this.reader.error('too many values');
    this.#stack.push(value);
  }

  /** Pushes what was pushed before; it takes no further memory. */
  pushAgain(value: PickleValue): void {
    if (this.#stack.length >= maxObjects) throw this.reader.error('too many values');
    this.#stack.push(value);
  }

  #count(): void {
    this.#objects += 1;
    if (this.#objects > maxObjects) {
      throw this.reader.error(`more than ${String(maxObjects)} objects`);
    }
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.reader.error('the stack is empty');
    return value;
  }

  /** The topmost value. */
  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.reader.error('the stack is empty');
    return value;
  }

  /** The topmost value, which must be a list. */
  topList(): PickleValue[] {
    const value = this.top();
    if (Array.isArray(value)) return value;
    throw this.reader.error('expected a list on the stack');
  }

  /** The topmost value, which must be a dictionary. */
  topMap(): Map<PickleValue, PickleValue> {
    const value = this.top();
    if (value instanceof Map) return value;
    throw this.reader.error('expected a dictionary on the stack');
  }

  popText(): string {
    const value = this.pop();
    if (typeof value === 'string') return value;
    throw this.reader.error('expected a text on the stack');
  }

  /** The topmost `count` values, in the order in which they were pushed. */
  popMany(count: number): PickleValue[] {
    if (this.#stack.length < count) throw this.reader.error('the stack is empty');
    return this.#stack.splice(this.#stack.length - count, count);
  }

  mark(): void {
    if (this.#marked.length >= maxDepth) throw this.reader.error('too many open marks');
    this.#marked.push(this.#stack);
    this.#stack = [];
  }

  /** Everything since the last mark. */
  popMark(): PickleValue[] {
    const below = this.#marked.pop();
    if (below === undefined) throw this.reader.error('there is no mark');
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  remember(index: number): void {
    if (this.#memo.size >= 2 * maxObjects) throw this.reader.error('too many remembered values');
    this.#memo.set(index, this.top());
  }

  /** Remembers under the next free number. */
  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.reader.error(`nothing is remembered as ${String(index)}`);
    this.pushAgain(value);
  }

  /** Pushes a class or function, if it is a known one. */
  pushGlobal(module: string, name: string): void {
    const global = `${module}.${name}`;
    if (!this.host.knows(global)) {
      throw this.reader.error(
        `it refers to ${JSON.stringify(global)}, which is not among what state dicts consist of; nothing of it was executed`,
        'save the state dict alone: torch.save(model.state_dict(), file)',
      );
    }
    this.push(new PickleGlobal(global));
  }

  /** Calls a known function with the arguments on the stack. */
  reduce(): void {
    const args = this.pop();
    const callable = this.pop();
    if (!(callable instanceof PickleGlobal) || !Array.isArray(args)) {
      throw this.reader.error('a call is malformed');
    }
    const value = this.host.call(callable.name, args);
    if (value === undefined) {
      throw this.reader.error(`${callable.name} does not take the arguments it is given`);
    }
    this.push(value);
  }

  /** Pushes what the persistent id on the stack stands for. */
  resolvePersistent(): void {
    const value = this.host.persistent(this.pop());
    if (value === undefined) throw this.reader.error('a persistent id is none of PyTorch');
    this.push(value);
  }
}
