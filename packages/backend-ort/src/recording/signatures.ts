import type { KernelAttributes, OutputInfo } from './value.js';

/** Numbers kernels by what they do, so that recordings can be compared by number. */
export class Signatures {
  readonly #numbers = new Map<string, number>();

  /** The same number for the same op, attributes and outputs. */
  of(op: string, attributes: KernelAttributes | undefined, outputs: readonly OutputInfo[]): number {
    let text = op;
    for (const { shape, dtype } of outputs) text += `|${dtype}${shape.join()}`;
    if (attributes !== undefined) text += JSON.stringify(attributes);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
