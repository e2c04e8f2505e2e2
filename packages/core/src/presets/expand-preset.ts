import { withoutReplacedLength } from '../config/run-length.js';
import { ConfigError } from '../errors.js';
import type { PresetCatalog } from './preset-catalog.js';

/** Sections of a config that are merged key by key with the preset's; everything else is replaced. */
const mergedSections = new Set(['data', 'model', 'transforms', 'train']);

type Section = Readonly<Record<string, unknown>>;

/**
 * Replaces the key `preset` of a config by what that preset says, under what the config says itself.
 * @param input - A config as its file gives it; anything without the key `preset` is returned as it is.
 * @throws ConfigError if `preset` is no text; UnknownComponentError if there is no such preset.
 */
export function expandPreset(catalog: PresetCatalog, input: unknown): unknown {
  if (!isSection(input) || !Object.hasOwn(input, 'preset')) return input;
  const { preset: name, ...own } = input;
  if (typeof name !== 'string') {
    throw new ConfigError(`preset: expected the name of a preset, received ${typeof name}.`);
  }
  const given: Section = { name, ...catalog.find(name).config };
  const replacing = Object.entries(own).map(([key, value]) => {
    const section = mergedSections.has(key) ? given[key] : undefined;
    const isMerged = isSection(section) && isSection(value);
    return [key, isMerged ? mergeSection(key, section, value) : value] as const;
  });
  // Not by assignment: a key "__proto__" has to stay a key, for the parser to refuse.
  return { ...given, ...Object.fromEntries(replacing) };
}

function mergeSection(key: string, given: Section, own: Section): Section {
  const kept = key === 'train' ? withoutReplacedLength(given, Object.keys(own)) : given;
  return { ...kept, ...own };
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
