import type { LabelSchema } from '@segkit/core';

import { nameSome } from '../files/select-stems.js';
import type { MaskCoding } from '../masks/mask-coding.js';

/** How many codes a message lists. */
const listed = 8;

/**
 * Collects the codes of all masks of a data set and judges them against the classes: codes outside the classes, and
 * masks that leave only one class to learn.
 */
export class LabelAudit {
  readonly #labels: LabelSchema;
  readonly #coding: MaskCoding;
  /** Pixels by code, over all masks. */
  readonly #pixels = new Map<number, number>();
  #masks = 0;
  /** Masks that hold unknown codes. */
  readonly #odd: string[] = [];

  constructor(labels: LabelSchema, coding: MaskCoding) {
    this.#labels = labels;
    this.#coding = coding;
  }

  /** Counts one mask. @param counts - Pixels by code. */
  add(path: string, counts: ReadonlyMap<number, number>): void {
    this.#masks += 1;
    for (const [code, pixels] of counts) {
      this.#pixels.set(code, (this.#pixels.get(code) ?? 0) + pixels);
    }
    if ([...counts.keys()].some((code) => !this.#coding.meaning.has(code))) this.#odd.push(path);
  }

  /** What is wrong with codes that mean nothing, with the setting that gives them a meaning; or `undefined`. */
  unknownCodes(): string | undefined {
    const { noun, show, ignoring, meaning } = this.#coding;
    const found = this.#found();
    const unknown = found.filter((code) => !meaning.has(code));
    if (unknown.length === 0) return undefined;
    const expected = [...meaning]
      .sort(([a], [b]) => a - b)
      .map(([code, label]) => `${show(code)} (${this.#name(label)})`);
    const ignore = unknown.length > listed ? '' : `, or ignore them: ${ignoring(unknown)}`;
    return (
      `masks hold ${noun} outside the classes: ${nameSome(unknown.map(show), listed)}, ` +
      `${this.#percent(unknown)} % of all pixels, in ${String(this.#odd.length)} of ${String(this.#masks)} masks ` +
      `(first ${String(this.#odd[0])}); expected ${nameSome(expected, 30)}; ` +
      `found ${nameSome(found.map(show), listed)}. ${this.#mapping(unknown)}${ignore}.${this.#hint(unknown)}`
    );
  }

  /** What is wrong if the labelled pixels show a single class, so that nothing can be learned; or `undefined`. */
  oneClass(): string | undefined {
    const { classes, ignoreIndex } = this.#labels;
    const { meaning, show } = this.#coding;
    const found = this.#found();
    const ignored = found.filter((code) => meaning.get(code) === ignoreIndex);
    const used = found.filter((code) => meaning.get(code) !== ignoreIndex);
    const present = new Set(used.map((code) => meaning.get(code)));
    if (classes.length < 2 || present.size > 1) return undefined;
    const [label] = present;
    const all =
      label === undefined
        ? 'all pixels of the masks are ignored'
        : `all labelled pixels of the masks are ${this.#name(label)} (${nameSome(used.map(show), listed)})`;
    const rest =
      ignored.length === 0 || label === undefined
        ? ''
        : ` and the rest is ignored (${nameSome(ignored.map(show), listed)}, ${this.#percent(ignored)} % of the pixels)`;
    const fix = ignored.length === 0 ? 'Check the masks' : this.#mapping(ignored);
    return (
      `${all}${rest}, so there is nothing to learn; expected pixels of at least two classes. ` +
      `${fix}, or set allowOneClass: true if that is intended.`
    );
  }

  #found(): number[] {
    return [...this.#pixels.keys()].sort((a, b) => a - b);
  }

  #name(label: number): string {
    return this.#labels.classes[label]?.name ?? 'ignored';
  }

  #percent(codes: readonly number[]): string {
    const sum = (some: Iterable<number>): number => [...some].reduce((a, b) => a + b, 0);
    const share =
      sum(codes.map((code) => this.#pixels.get(code) ?? 0)) / sum(this.#pixels.values());
    return (100 * share).toFixed(1);
  }

  /**
   * The setting that maps what was found to the classes, in ascending order where the numbers agree, or else a class
   * for the first of the codes in question.
   */
  #mapping(codes: readonly number[]): string {
    const { classes } = this.#labels;
    const { setting, noun } = this.#coding;
    const found = this.#found();
    if (found.length !== classes.length) {
      const name = classes.at(-1)?.name ?? 'object';
      return `Say in data.labels.classes what the ${noun} mean, e.g. ${setting(name, codes.slice(0, 1))}`;
    }
    const entries = classes.map(({ name }, index) => setting(name, found.slice(index, index + 1)));
    return `Say what the ${noun} mean, e.g. data.labels.classes: [${entries.join(', ')}]`;
  }

  #hint(unknown: readonly number[]): string {
    if (this.#coding.noun !== 'values' || unknown.length < listed) return '';
    return (
      " If every object has a value of its own, set maskFormat: 'instances'; if the masks were blended by resizing " +
      'or compression, make them again without.'
    );
  }
}
