/** What a JSON text would cost, and whether it says a thing twice. */
export interface JsonSurvey {
  /** Brackets that are open at once, at most. */
  readonly depth: number;
  /** Keys of all objects together. */
  readonly keys: number;
  /** A key that an object has twice, of which `JSON.parse` would silently take the last. */
  readonly duplicate: string | undefined;
}

/** How far a survey goes. */
export interface JsonLimits {
  readonly depth: number;
  readonly keys: number;
}

/**
 * Surveys a JSON text before it is parsed; stops at a duplicate key and beyond the limits.
 * @param text - Need not be valid.
 * @throws SyntaxError if a key is no JSON string.
 */
export function surveyJson(text: string, limits: JsonLimits): JsonSurvey {
  // One entry for every open bracket: the keys of an object, or null for an array.
  const open: (Set<string> | null)[] = [];
  let [depth, keys] = [0, 0];
  for (let position = 0; position < text.length; position++) {
    const character = text[position];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      depth = Math.max(depth, open.length);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = stringEnd(text, position);
      const known = open.at(-1);
      if (known && isKey(text, end)) {
        const key = JSON.parse(text.slice(position, end)) as string;
        if (known.has(key)) return { depth, keys, duplicate: key };
        known.add(key);
        keys += 1;
      }
      position = end - 1;
    }
    if (depth > limits.depth || keys > limits.keys) break;
  }
  return { depth, keys, duplicate: undefined };
}

/** The position after a string's closing quote. No regular expression, which would recurse over long strings. */
function stringEnd(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"') {
    position += text[position] === '\\' ? 2 : 1;
  }
  return position + 1;
}

/** In valid JSON a colon follows keys and nothing else. */
function isKey(text: string, end: number): boolean {
  let position = end;
  while (' \t\n\r'.includes(text[position] ?? '.')) position += 1;
  return text[position] === ':';
}
