/**
 * Base of every error that segkit raises on purpose. The message says where, what was expected, what was
 * received and how to fix it.
 */
export class SegkitError extends Error {
  override readonly name: string = 'SegkitError';
}

/** What a caught value says of itself; anything can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One complaint about a config value. */
export interface ConfigIssue {
  /** Dotted path of the value, e.g. `model.decoder.upsampler.kernelSize`. */
  readonly path: string;
  /** What was expected and what was received. */
  readonly message: string;
}

/** A config, an option or a command-line value is wrong. */
export class ConfigError extends SegkitError {
  override readonly name = 'ConfigError';
  /** Every complaint, in the order of the config. */
  readonly issues: readonly ConfigIssue[];

  constructor(message: string, issues: readonly ConfigIssue[] = [], options?: ErrorOptions) {
    super(message, options);
    this.issues = issues;
  }
}

/** A component was asked for by a name that nobody registered. */
export class UnknownComponentError extends SegkitError {
  override readonly name = 'UnknownComponentError';
}

/** Two plugins of the same kind carry the same name. */
export class DuplicateComponentError extends SegkitError {
  override readonly name = 'DuplicateComponentError';
}

/** A tensor, an image or a size does not have the shape that a part needs. */
export class ShapeError extends SegkitError {
  override readonly name = 'ShapeError';
}

/** A data set, an image or a mask is missing, unreadable or inconsistent. */
export class DataError extends SegkitError {
  override readonly name = 'DataError';
}

/** A checkpoint or weights file is missing, damaged or does not fit the network. */
export class CheckpointError extends SegkitError {
  override readonly name = 'CheckpointError';
}

/** An engine cannot start on this machine, or cannot go on. */
export class EngineError extends SegkitError {
  override readonly name: string = 'EngineError';
  /** Whether merely its package is absent, which needs no warning when another engine starts instead. */
  readonly notInstalled: boolean;

  constructor(message: string, options: ErrorOptions & { readonly notInstalled?: boolean } = {}) {
    super(message, options);
    this.notInstalled = options.notInstalled ?? false;
  }
}

/** Training cannot go on: a non-finite loss, a failed callback. */
export class TrainingError extends SegkitError {
  override readonly name = 'TrainingError';
}
