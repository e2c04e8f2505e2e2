import { SegkitError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';
import { Parameter, type ParameterOptions } from './parameter.js';

/**
 * Whether a forward pass trains. Training carries the random stream of this step, from which dropout draws, so a
 * resumed run draws the same masks.
 */
export type Mode = TrainMode | EvalMode;

/** A training pass: batch statistics, dropout on. */
export interface TrainMode {
  readonly training: true;
  readonly random: RandomStream;
}

/** An inference pass: running statistics, dropout off. */
export interface EvalMode {
  readonly training: false;
}

/** The mode of inference. */
export const evalMode: EvalMode = { training: false };

/**
 * A part of a network that may hold parameters and other modules. Names join by dots as in PyTorch:
 * `layer1.0.conv1.weight`.
 */
export abstract class Module {
  readonly #children = new Map<string, Module>();
  readonly #parameters = new Map<string, Parameter>();

  /** Registers a sub-module under a name (which may hold dots) and returns it. */
  protected child<T extends Module>(name: string, module: T): T {
    this.#claim(name);
    this.#children.set(name, module);
    return module;
  }

  /** Registers a parameter under a name and returns it. */
  protected parameter(name: string, options: ParameterOptions): Parameter {
    this.#claim(name);
    const parameter = new Parameter(options);
    this.#parameters.set(name, parameter);
    return parameter;
  }

  #claim(name: string): void {
    if (this.#children.has(name) || this.#parameters.has(name)) {
      throw new SegkitError(`module: the name "${name}" is registered twice.`);
    }
  }

  /** This module and everything below it, outermost first, with dotted names (own name: `prefix`). */
  *namedModules(prefix = ''): Generator<readonly [string, Module]> {
    yield [prefix, this];
    for (const [name, child] of this.#children) {
      yield* child.namedModules(prefix === '' ? name : `${prefix}.${name}`);
    }
  }

  /** All parameters and buffers with dotted names, in registration order. */
  *namedParameters(prefix = ''): Generator<readonly [string, Parameter]> {
    for (const [path, module] of this.namedModules(prefix)) {
      for (const [name, parameter] of module.#parameters) {
        yield [path === '' ? name : `${path}.${name}`, parameter];
      }
    }
  }

  /** Number of trainable scalars. */
  get parameterCount(): number {
    let count = 0;
    for (const [, parameter] of this.namedParameters()) {
      if (parameter.trainable) count += parameter.size;
    }
    return count;
  }

  /** Allocates and fills every parameter; each draws from a stream of its own name. */
  initialize(random: RandomStream): void {
    for (const [name, parameter] of this.namedParameters()) {
      parameter.initialize(random.fork(name));
    }
  }

  /** Frees every parameter. */
  dispose(): void {
    for (const [, parameter] of this.namedParameters()) parameter.dispose();
  }
}
