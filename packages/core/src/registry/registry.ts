import * as z from 'zod';

import { silentLogger, type Logger } from '../components/logger.js';
import { DuplicateComponentError, messageOf, UnknownComponentError } from '../errors.js';
import { randomStream, type RandomStream } from '../tensor/random-stream.js';
import type { Arguments, Instance, Kind, ResolvedSpec, Spec } from './component-kinds.js';
import { describeIssue, takenName, unknownName } from './describe-issue.js';
import type { ComponentContext, Plugin } from './plugin.js';

/** Identifies one component in the container. */
export interface Token<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
}

/** The dependency-injection container as the registry sees it. */
export interface Container {
  has(token: Token): boolean;
  register(token: Token, plugin: Plugin): void;
  resolve<K extends Kind>(token: Token<K>): Plugin<K>;
}

/** Where a component is made. */
export interface Scope {
  /** Its place in the config, e.g. `model.decoder`. */
  readonly path: string;
  /** The run's random stream; the component gets a fork of its own. */
  readonly random: RandomStream;
}

/** Knows every registered component, validates specs and makes instances. */
export class Registry {
  readonly #container: Container;
  readonly #logger: Logger;
  readonly #tokens: Token[] = [];
  readonly #onCreate: ((plugin: Plugin) => void) | undefined;

  /** @param onCreate - Told of every plugin that a component is made of, nested ones included. */
  constructor(container: Container, logger: Logger, onCreate?: (plugin: Plugin) => void) {
    this.#container = container;
    this.#logger = logger;
    this.#onCreate = onCreate;
  }

  /** A registry of the same components that says nothing but which plugins it makes components of. */
  watched(onCreate: (plugin: Plugin) => void): Registry {
    const watched = new Registry(this.#container, silentLogger, onCreate);
    watched.#tokens.push(...this.#tokens);
    return watched;
  }

  /**
   * Adds a plugin.
   * @throws DuplicateComponentError if its kind has that name already.
   */
  register(plugin: Plugin): void {
    const token = { kind: plugin.kind, name: plugin.name };
    if (this.#container.has(token)) {
      throw new DuplicateComponentError(takenName(plugin.kind, plugin.name));
    }
    this.#container.register(token, plugin);
    this.#tokens.push(token);
  }

  /** All plugins of a kind, in registration order. */
  list<K extends Kind>(kind: K): readonly Plugin<K>[] {
    return this.#tokens
      .filter((token) => token.kind === kind)
      .map((token) => this.#container.resolve<K>({ kind, name: token.name }));
  }

  /**
   * The plugin of a name.
   * @throws UnknownComponentError listing what is registered, nearest first.
   */
  find<K extends Kind>(kind: K, name: string): Plugin<K> {
    const token = { kind, name };
    if (!this.#container.has(token)) {
      const known = this.list(kind).map((plugin) => plugin.name);
      throw new UnknownComponentError(
        unknownName(kind, name, known, 'pass plugins to createApp()'),
      );
    }
    return this.#container.resolve<K>(token);
  }

  /** The options' schema of a plugin, nested components included. */
  schemaOf(plugin: Plugin): z.ZodObject {
    return plugin.schema((kind) => this.spec(kind));
  }

  /**
   * A zod schema for a config value that names a component of this kind. Its output holds the name and every
   * option with defaults filled in; its issues carry full paths.
   */
  spec<K extends Kind>(kind: K): z.ZodType<ResolvedSpec, Spec<K>> {
    const named = z.looseObject({ name: z.string() });
    const schema = z
      .union([z.string(), named], {
        error: `expected the name of a ${kind} or { name, …options }`,
      })
      .transform((value, context) => {
        const { name, ...options } = typeof value === 'string' ? { name: value } : value;
        let plugin;
        try {
          plugin = this.find(kind, name);
        } catch (error) {
          context.issues.push({ code: 'custom', message: messageOf(error), input: name });
          return z.NEVER;
        }
        const optionsSchema = this.schemaOf(plugin);
        const parsed = optionsSchema.safeParse(options, { reportInput: true });
        if (parsed.success) return { name, ...parsed.data };
        const knownKeys = Object.keys(optionsSchema.shape);
        for (const issue of parsed.error.issues) {
          const message = describeIssue(issue, issue.path.length === 0 ? knownKeys : []);
          context.issues.push({
            code: 'custom',
            message,
            input: issue.input,
            path: [...issue.path],
          });
        }
        return z.NEVER;
      })
      .meta({ component: kind });
    return schema as unknown as z.ZodType<ResolvedSpec, Spec<K>>;
  }

  /**
   * Makes a component from a validated spec.
   * @param scope - Where it stands in the config, which opens error messages, and the run's random stream.
   */
  create<K extends Kind>(
    kind: K,
    spec: ResolvedSpec,
    args: Arguments<K>,
    { path = kind, random = randomStream(0) }: Partial<Scope> = {},
  ): Instance<K> {
    const { name, ...options } = spec;
    const context: ComponentContext = {
      path,
      logger: this.#logger,
      random: random.fork(path),
      create: (nestedKind, nestedSpec, nestedArgs, place = nestedKind) =>
        this.create(nestedKind, nestedSpec, nestedArgs, { path: `${path}.${place}`, random }),
    };
    const plugin = this.find(kind, name);
    this.#onCreate?.(plugin);
    return plugin.create(options, args, context);
  }
}
