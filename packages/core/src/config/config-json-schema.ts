import * as z from 'zod';

import { kinds } from '../registry/component-kinds.js';
import type { Plugin } from '../registry/plugin.js';
import type { Registry } from '../registry/registry.js';
import { configSchema } from './config-schema.js';

/** A JSON Schema, draft 7: what most editors know whole. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A preset as far as the schema tells of it. */
interface NamedPreset {
  readonly name: string;
  readonly description: string;
}

/** Keywords whose content is data, not a schema. */
const dataKeywords = new Set(['default', 'const', 'enum', 'examples', 'required', 'type']);

/**
 * A JSON Schema of whole config files in JSON or YAML: every section, and every registered component with its options,
 * defaults and descriptions. It accepts every valid config; what it cannot say (that a mask value belongs to one
 * class, that either `steps` or `epochs` is given) it leaves to `parseConfig`.
 * @param presets - What `preset` may name; a config that starts from one may leave sections out.
 */
export function configJsonSchema(registry: Registry, presets: readonly NamedPreset[]): JsonSchema {
  const { properties = {}, required = [] } = toJsonSchema(configSchema(registry));
  const [data, model] = [properties.data, properties.model] as [JsonSchema, JsonSchema];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'segkit config',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'Where this schema lies, for editors.' },
      preset: { description: 'A published network to start from.', ...anyOf(presets.map(named)) },
      plugins: {
        type: 'array',
        items: { type: 'string' },
        description: 'Modules that export plugins, relative to this file, or package names.',
      },
      ...properties,
      data: withoutRequired(data),
      model: withoutRequired(model),
    },
    additionalProperties: false,
    if: { not: { required: ['preset'] } },
    then: {
      required,
      properties: {
        data: { required: requiredOfData(registry, data) },
        model: { required: model.required ?? [] },
      },
    },
    definitions: Object.fromEntries(
      kinds.map((kind) => [kind, anyOf(registry.list(kind).flatMap(alternatives(registry)))]),
    ),
  };
}

/** Formats of data sets may bring their labels along. */
function requiredOfData(registry: Registry, { required = [] }: JsonSchema): string[] {
  const haveLabels = registry.list('dataset').some(({ labels }) => labels !== undefined);
  return haveLabels ? required.filter((key) => key !== 'labels') : required;
}

function named({ name, description }: NamedPreset): JsonSchema {
  return { const: name, description };
}

function withoutRequired(schema: JsonSchema): JsonSchema {
  const { required: _, ...rest } = schema;
  return rest;
}

/** Any of some schemas; of none, nothing. */
function anyOf(schemas: JsonSchema[]): JsonSchema {
  return schemas.length === 0 ? { not: {} } : { anyOf: schemas };
}

/** A component by its name alone, if it needs no options, and with options. */
function alternatives(registry: Registry) {
  return (plugin: Plugin): JsonSchema[] => {
    const { name, description } = plugin;
    const options = toJsonSchema(registry.schemaOf(plugin));
    const required = options.required ?? [];
    const whole: JsonSchema = {
      ...options,
      description,
      properties: { name: { const: name, description }, ...options.properties },
      required: ['name', ...required],
    };
    return required.length === 0 ? [named(plugin), whole] : [whole];
  };
}

/** The schema of what may be written, every component in it a reference to its kind's definition. */
function toJsonSchema(schema: z.ZodObject): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  return withReferences(json) as JsonSchema;
}

function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  // An infinite limit, which JSON does not have, is none.
  const limited = Object.entries(schema).filter(
    ([key, value]) => value !== null || (key !== 'minimum' && key !== 'maximum'),
  );
  const walked = mapValues(Object.fromEntries(limited), (value, key) => {
    if (dataKeywords.has(key)) return value;
    // The keys of `properties` are names, not keywords.
    return key === 'properties'
      ? mapValues(value as object, withReferences)
      : withReferences(value);
  });
  if (typeof walked.component !== 'string') return walked;
  const { component, anyOf: _, ...rest } = walked;
  // Draft 7 ignores what stands beside a $ref.
  return { ...rest, allOf: [{ $ref: `#/definitions/${component}` }] };
}

function mapValues(
  object: object,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(object) as [string, unknown][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)]));
}
