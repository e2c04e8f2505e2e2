import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

import { nested, type SummaryValue } from './event-message.js';

/** What the plugin `hparams` can show. */
type HyperParameter = number | boolean | string;

/** Sections of a config that are no hyper-parameters. */
const leftOut = new Set(['name', 'callbacks']);

/**
 * The leaves of a config by dotted path, e.g. `optimizer.learningRate`; lists become JSON, `null` is left out.
 * @param config - Plain JSON.
 */
export function flattenConfig(
  config: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, HyperParameter> {
  const found = new Map<string, HyperParameter>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') {
      found.set(path, value);
    } else if (Array.isArray(value)) found.set(path, JSON.stringify(value));
    else {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    }
  };
  for (const [key, value] of Object.entries(config)) {
    if (!leftOut.has(key)) walk(value, key);
  }
  return found;
}

/** Starts a session of the plugin `hparams`; its metrics are the run's scalars. */
export function sessionStart(
  parameters: ReadonlyMap<string, HyperParameter>,
  time: number,
): SummaryValue {
  const content = pluginData(3, (start) => {
    for (const [name, value] of parameters) {
      nested(start, 1, (entry) => {
        entry.tag(1, WireType.LengthDelimited).string(name);
        nested(entry, 2, (message) => {
          writeParameter(message, value);
        });
      });
    }
    start.tag(5, WireType.Bit64).double(time);
  });
  return { tag: '_hparams_/session_start_info', plugin: 'hparams', content };
}

const statuses = { success: 1, failure: 2 };

/** Ends the session. */
export function sessionEnd(status: keyof typeof statuses, time: number): SummaryValue {
  const content = pluginData(4, (end) => {
    end.tag(1, WireType.Varint).int32(statuses[status]);
    end.tag(2, WireType.Bit64).double(time);
  });
  return { tag: '_hparams_/session_end_info', plugin: 'hparams', content };
}

/** @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/plugins/hparams/plugin_data.proto */
function pluginData(field: number, fill: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  nested(writer, field, fill);
  return writer.finish();
}

function writeParameter(writer: BinaryWriter, value: HyperParameter): void {
  if (typeof value === 'number') writer.tag(2, WireType.Bit64).double(value);
  else if (typeof value === 'string') writer.tag(3, WireType.LengthDelimited).string(value);
  else writer.tag(4, WireType.Varint).bool(value);
}
