/**
 * The first key that an object of a JSON text has twice; `JSON.parse` would silently take the last.
 * @param text - Valid JSON.
 */
export function firstDuplicateKey(text: string): string | undefined {
  // One entry for every open bracket: the keys of an object, or null for an array.
  const open: (Set<string> | null)[] = [];
  for (let position = 0; position < text.length; position++) {
    const character = text[position];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(text, position);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(position, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      position = end - 1;
    }
  }
  return undefined;
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
