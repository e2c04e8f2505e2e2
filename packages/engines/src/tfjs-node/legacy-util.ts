import util from 'node:util';

/** The type tests that Node 23 removed from `util` and that tfjs-node 4 still calls. */
const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: (value) => Array.isArray(value),
  isBoolean: (value) => typeof value === 'boolean',
  isDate: (value) => util.types.isDate(value),
  isError: (value) => util.types.isNativeError(value) || value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) =>
    value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: (value) => util.types.isRegExp(value),
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
};

/** Puts back onto Node's `util` the type tests that this version of Node lacks; leaves the others alone. */
export function restoreLegacyUtil(): void {
  const target = util as unknown as Record<string, unknown>;
  for (const [name, test] of Object.entries(typeTests)) {
    target[name] ??= test;
  }
}
