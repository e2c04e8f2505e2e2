import type { KernelAttributes, OutputInfo } from './value.js';

/** Numbers kernels by what they do, so that recordings can be compared by number. */
export class Signatures {
  readonly #numbers = new Map<string, number>();

  /** The same number for the same op, attributes and outputs. */
  of(op: string, attributes: KernelAttributes | undefined, outputs: readonly OutputInfo[]): number {
    let text = op;
    let last: OutputInfo | undefined;
    for (const info of outputs) {
      // Kernels of several outputs often describe them by one object.
      text += info === last ? '|=' : `|${info.dtype}${info.shape.join()}`;
      last = info;
    }
    if (attributes !== undefined) text += JSON.stringify(attributes);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
