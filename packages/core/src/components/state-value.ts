/** What a component's state in a checkpoint may consist of: JSON, and numbers that are infinite or NaN. */
export type StateValue =
  null | boolean | number | string | readonly StateValue[] | { readonly [key: string]: StateValue };
