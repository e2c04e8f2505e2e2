import type { TrainConfig } from '../config/train-schema.js';
import { ConfigError } from '../errors.js';
import type { Module } from '../nn/module.js';
import type { Parameter } from '../nn/parameter.js';
import { expectMatch, matchesName } from '../optim/parameter-match.js';

/** Freezes parameters and thaws them again; which of them are frozen is a function of the step alone. */
export class Freezer {
  readonly #frozenUntil = new Map<Parameter, number>();

  /**
   * @param rules - Patterns of names, and the steps for which what they fit is frozen.
   * @throws ConfigError if a pattern fits nothing, or nothing is left to be trained.
   */
  constructor(model: Module, rules: TrainConfig['freeze']) {
    const parameters = [...model.namedParameters()];
    const names = parameters.map(([name]) => name);
    rules.forEach(({ match }, i) => {
      expectMatch(match, names, `train.freeze.${String(i)}.match`);
    });
    for (const [name, parameter] of parameters) {
      const ends = rules
        .filter(({ match }) => matchesName(match, name))
        .map(({ untilStep }) => untilStep ?? Infinity);
      if (ends.length > 0) this.#frozenUntil.set(parameter, Math.max(...ends));
    }
    this.apply(0);
    if (!parameters.some(([, { trainable, frozen }]) => trainable && !frozen)) {
      const message = 'expected a parameter that is left to be trained at the first step';
      throw new ConfigError(`train.freeze: ${message}.`, [{ path: 'train.freeze', message }]);
    }
  }

  /** @param step - Steps already taken. */
  apply(step: number): void {
    for (const [parameter, end] of this.#frozenUntil) parameter.frozen = step < end;
  }
}
