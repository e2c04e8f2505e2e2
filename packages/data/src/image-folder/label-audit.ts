import type { LabelSchema } from '@segkit/core';

import type { MaskCoding } from './mask-coding.js';
import { nameSome } from './select-stems.js';

interface Finding {
  pixels: number;
  masks: number;
  /** The first mask that has the code. */
  readonly path: string;
}

/**
 * Collects the codes of all masks of a data set and judges them against the classes: codes outside the classes, and
 * masks that leave only one class to learn.
 */
export class LabelAudit {
  readonly #labels: LabelSchema;
  readonly #coding: MaskCoding;
  readonly #findings = new Map<number, Finding>();
  #masks = 0;
  #pixels = 0;

  constructor(labels: LabelSchema, coding: MaskCoding) {
    this.#labels = labels;
    this.#coding = coding;
  }

  /** Counts one mask. @param counts - Pixels by code. */
  add(path: string, counts: ReadonlyMap<number, number>): void {
    this.#masks += 1;
    for (const [code, pixels] of counts) {
      const finding = this.#findings.get(code) ?? { pixels: 0, masks: 0, path };
      finding.pixels += pixels;
      finding.masks += 1;
      this.#findings.set(code, finding);
      this.#pixels += pixels;
    }
  }

  /** What is wrong with codes that mean nothing, with the setting that gives them a meaning; or `undefined`. */
  unknownCodes(): string | undefined {
    const { noun, show, ignoring, meaning } = this.#coding;
    const unknown = this.#found().filter((code) => !meaning.has(code));
    const [first] = unknown;
    if (first === undefined) return undefined;
    const findings = unknown.map((code) => this.#findings.get(code) as Finding);
    const masks = Math.max(...findings.map((finding) => finding.masks));
    const expected = [...meaning].map(([code, label]) => `${show(code)} (${this.#name(label)})`);
    return (
      `masks have ${noun} outside the classes: ${nameSome(unknown.map(show), 8)} ` +
      `(${this.#percent(unknown)} % of all pixels, in ${String(masks)} of ${String(this.#masks)} masks or more, ` +
      `first ${String(findings[0]?.path)}). ` +
      `Expected ${nameSome(expected, 30)}; found ${nameSome(this.#found().map(show), 8)}. ` +
      `${this.#mapping()}, or ignore them: ${nameSome([ignoring(unknown.slice(0, 8))])}.${this.#hint(unknown)}`
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
        : `all labelled pixels of the masks are ${this.#name(label)} (${used.map(show).join(', ')})`;
    const rest =
      ignored.length === 0
        ? ''
        : `, and ${ignored.map(show).join(', ')} (${this.#percent(ignored)} % of the pixels) is ignored`;
    const fix = ignored.length === 0 ? 'Check the masks' : this.#mapping();
    return (
      `${all}${rest}, so there is nothing to learn; expected pixels of at least two classes. ` +
      `${fix}, or set allowOneClass: true if that is intended.`
    );
  }

  #found(): number[] {
    return [...this.#findings.keys()].sort((a, b) => a - b);
  }

  #name(label: number): string {
    return this.#labels.classes[label]?.name ?? 'ignored';
  }

  #percent(codes: readonly number[]): string {
    const pixels = codes.reduce((sum, code) => sum + (this.#findings.get(code)?.pixels ?? 0), 0);
    return ((100 * pixels) / this.#pixels).toFixed(1);
  }

  /** The setting that maps what was found to the classes, in ascending order where the numbers agree. */
  #mapping(): string {
    const { classes } = this.#labels;
    const { setting, noun } = this.#coding;
    const found = this.#found();
    if (found.length !== classes.length) {
      const name = classes.at(-1)?.name ?? 'object';
      return `Say in data.labels.classes what the ${noun} mean, each class like ${setting(name, found.slice(-1))}`;
    }
    const entries = classes.map(({ name }, index) => setting(name, found.slice(index, index + 1)));
    return `Say what the ${noun} mean, for example data.labels.classes: [${entries.join(', ')}]`;
  }

  #hint(unknown: readonly number[]): string {
    if (this.#coding.noun !== 'values' || unknown.length < 8) return '';
    return (
      " If every object has a value of its own, set maskFormat: 'instances'; if the masks were resized or " +
      'compressed with blending, make them again without.'
    );
  }
}
