import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

import type { Histogram } from './histogram.js';

/** A PNG with its size. */
export interface EncodedImage {
  readonly height: number;
  readonly width: number;
  readonly png: Uint8Array;
}

/** One value under a tag. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly image: EncodedImage }
  | { readonly tag: string; readonly histogram: Histogram }
  /** What a plugin of TensorBoard reads, as its own message. */
  | { readonly tag: string; readonly plugin: string; readonly content: Uint8Array };

/** When something was. */
export interface Moment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
}

type Fill = (writer: BinaryWriter) => void;

/** A nested message. */
export function nested(writer: BinaryWriter, field: number, fill: Fill): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  fill(writer);
  writer.join();
}

function event({ time, step }: Moment, fill: Fill): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(time);
  // Protocol buffers leave zeros out.
  if (step !== 0) writer.tag(2, WireType.Varint).int64(step);
  fill(writer);
  return writer.finish();
}

/** The first event of every file. */
export function versionEvent(time: number): Uint8Array {
  return event({ time, step: 0 }, (writer) => {
    writer.tag(3, WireType.LengthDelimited).string('brain.Event:2');
  });
}

/** Says that a run starts at a step: what earlier files hold from that step on is void. */
export function startEvent(moment: Moment): Uint8Array {
  return event(moment, (writer) => {
    nested(writer, 7, (log) => log.tag(1, WireType.Varint).int32(1));
  });
}

/**
 * Values of one moment.
 * @see https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto (event.proto, summary.proto)
 */
export function summaryEvent(moment: Moment, values: readonly SummaryValue[]): Uint8Array {
  return event(moment, (writer) => {
    nested(writer, 5, (summary) => {
      for (const value of values) {
        nested(summary, 1, (message) => {
          writeValue(message, value);
        });
      }
    });
  });
}

function writeValue(writer: BinaryWriter, value: SummaryValue): void {
  writer.tag(1, WireType.LengthDelimited).string(value.tag);
  if ('scalar' in value) {
    // Numbers beyond float32 become infinities instead of an error.
    writer.tag(2, WireType.Bit32).float(Math.fround(value.scalar));
  } else if ('image' in value) {
    nested(writer, 4, (message) => {
      writeImage(message, value.image);
    });
  } else if ('histogram' in value) {
    nested(writer, 5, (message) => {
      writeHistogram(message, value.histogram);
    });
  } else {
    nested(writer, 9, (metadata) => {
      nested(metadata, 1, (plugin) => {
        plugin.tag(1, WireType.LengthDelimited).string(value.plugin);
        plugin.tag(2, WireType.LengthDelimited).bytes(value.content);
      });
    });
  }
}

function writeImage(writer: BinaryWriter, { height, width, png }: EncodedImage): void {
  writer.tag(1, WireType.Varint).int32(height);
  writer.tag(2, WireType.Varint).int32(width);
  // Three channels.
  writer.tag(3, WireType.Varint).int32(3);
  writer.tag(4, WireType.LengthDelimited).bytes(png);
}

function writeHistogram(writer: BinaryWriter, histogram: Histogram): void {
  const { min, max, count, sum, sumOfSquares, limits, counts } = histogram;
  for (const [index, value] of [min, max, count, sum, sumOfSquares].entries()) {
    if (value !== 0) writer.tag(index + 1, WireType.Bit64).double(value);
  }
  for (const [field, values] of [
    [6, limits],
    [7, counts],
  ] as const) {
    nested(writer, field, (packed) => {
      for (const value of values) packed.double(value);
    });
  }
}
