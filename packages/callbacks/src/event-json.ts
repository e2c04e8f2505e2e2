import type { TrainingEvent } from '@segkit/core';

/** JSON has no such numbers: NaN becomes `null`, infinities the texts `"Infinity"` and `"-Infinity"`. */
function plainNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : String(value);
}

/**
 * An event with its time as one line of JSON, without the line break; `eventLineSchema` reads it.
 * @param time - Milliseconds since 1970.
 * @param more - Further fields.
 */
export function eventToJson(
  event: TrainingEvent,
  time: number,
  more: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({ time: new Date(time).toISOString(), ...more, ...event }, plainNumber);
}
