import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

import { onnxType, type OnnxDtype } from './dtype.js';

// The part of ONNX's protobuf schema that a graph of ours needs; field numbers are those of onnx.proto.
// See https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** A real number as an attribute; a bare number is an integer. */
export interface FloatAttribute {
  readonly float: number;
}

/** Several real numbers as an attribute. */
export interface FloatsAttribute {
  readonly floats: readonly number[];
}

/** What an operator's attribute can be. */
export type AttributeValue = number | string | readonly number[] | FloatAttribute | FloatsAttribute;

/** An operator's attributes; `undefined` ones are left out. */
export type AttributeMap = Readonly<Record<string, AttributeValue | undefined>>;

/** One operator of the graph. */
export interface OnnxNode {
  /** Told by ONNX Runtime when the node fails. */
  readonly name: string;
  readonly type: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: AttributeMap;
}

/** An output of the graph that is an empty sequence of tensors; see {@link GraphBuilder.skipReturn}. */
export interface OnnxSequenceInfo {
  readonly name: string;
  readonly sequence: true;
}

/** An output whose type ONNX Runtime is left to infer. */
export interface OnnxInferredInfo {
  readonly name: string;
}

/** A named tensor that enters or leaves the graph. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
}

/** What a graph gives. */
export type OnnxOutputInfo = OnnxValueInfo | OnnxSequenceInfo | OnnxInferredInfo;

/** A constant of the graph; `data` holds the elements' bytes, little-endian. */
export interface OnnxInitializer extends OnnxValueInfo {
  readonly data: Uint8Array;
}

/** A graph as the file format sees it; nodes in topological order. */
export interface OnnxGraphParts {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxOutputInfo[];
  readonly initializers: readonly OnnxInitializer[];
}

/** The operator sets that graphs are written in. */
const opsets: readonly (readonly [domain: string, version: number])[] = [
  ['', 18],
  ['com.microsoft', 1],
  ['com.microsoft.nchwc', 1],
];
const irVersion = 8;
const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function real(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit32).float(value);
}

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  let type: number;
  if (typeof value === 'string') {
    text(writer, 4, value);
    type = attributeType.string;
  } else if (typeof value === 'number') {
    integer(writer, 3, value);
    type = attributeType.int;
  } else if ('float' in value) {
    real(writer, 2, value.float);
    type = attributeType.float;
  } else if ('floats' in value) {
    for (const item of value.floats) real(writer, 7, item);
    type = attributeType.floats;
  } else {
    for (const item of value) integer(writer, 8, item);
    type = attributeType.ints;
  }
  integer(writer, 20, type);
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name);
  text(writer, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    if (value === undefined) continue;
    message(writer, 5, () => {
      writeAttribute(writer, name, value);
    });
  }
  if (node.domain !== '') text(writer, 7, node.domain);
}

function writeValueInfo(writer: BinaryWriter, info: OnnxOutputInfo): void {
  text(writer, 1, info.name);
  if (!('sequence' in info || 'dtype' in info)) return;
  message(writer, 2, () => {
    if ('sequence' in info) {
      const elements = (): void => {
        message(writer, 1, () => {
          integer(writer, 1, onnxType.float32);
        });
      };
      message(writer, 4, () => {
        message(writer, 1, elements);
      });
      return;
    }
    const { dtype, shape } = info;
    message(writer, 1, () => {
      integer(writer, 1, onnxType[dtype]);
      message(writer, 2, () => {
        for (const length of shape) {
          message(writer, 1, () => {
            integer(writer, 1, length);
          });
        }
      });
    });
  });
}

function writeInitializer(
  writer: BinaryWriter,
  { name, dtype, shape, data }: OnnxInitializer,
): void {
  for (const length of shape) integer(writer, 1, length);
  integer(writer, 2, onnxType[dtype]);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(data);
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraphParts): void {
  for (const node of graph.nodes) {
    message(writer, 1, () => {
      writeNode(writer, node);
    });
  }
  text(writer, 2, 'tfjs');
  for (const initializer of graph.initializers) {
    message(writer, 5, () => {
      writeInitializer(writer, initializer);
    });
  }
  for (const input of graph.inputs) {
    message(writer, 11, () => {
      writeValueInfo(writer, input);
    });
  }
  for (const output of graph.outputs) {
    message(writer, 12, () => {
      writeValueInfo(writer, output);
    });
  }
}

/** Encodes a graph as the bytes of an `.onnx` file. */
export function encodeModel(graph: OnnxGraphParts): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  integer(writer, 1, irVersion);
  text(writer, 2, '@segkit/backend-ort');
  message(writer, 7, () => {
    writeGraph(writer, graph);
  });
  const domains = new Set(graph.nodes.map((node) => node.domain));
  for (const [domain, version] of opsets) {
    if (domain !== '' && !domains.has(domain)) continue;
    message(writer, 8, () => {
      text(writer, 1, domain);
      integer(writer, 2, version);
    });
  }
  return writer.finish();
}
