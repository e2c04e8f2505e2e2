import { onnxType, type OnnxDtype } from './dtype.js';
import {
  encodeModel,
  type AttributeMap,
  type OnnxInitializer,
  type OnnxGraphParts,
  type OnnxNode,
  type OnnxOutputInfo,
  type OnnxValueInfo,
} from './onnx-model.js';

/** The domain of ONNX Runtime's operators with channels in blocks of 8 or 16. */
export const blockedDomain = 'com.microsoft.nchwc';
/** The domain of ONNX Runtime's other operators. */
export const contribDomain = 'com.microsoft';

/** What may accompany an operator. */
export interface EmitOptions {
  readonly domain?: string;
  /** Number of outputs. Default 1. */
  readonly outputs?: number;
}

/** Writes an ONNX graph node by node. A node that is there already, with the same inputs, is not written twice. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxOutputInfo[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  readonly #known = new Map<string, readonly string[]>();
  /** By reshaped tensor: what it is a view of. */
  readonly #views = new Map<string, string>();
  /** Shapes of tensors, as far as they are known. */
  readonly #shapes = new Map<string, readonly number[]>();
  /** Tensors that are the same in every run. */
  readonly #constants = new Set<string>();
  #names = 0;
  #origin = '';

  /** Names the tfjs kernel, with shapes, that the following nodes come from; it shows in ONNX Runtime's errors. */
  setOrigin(origin: string): void {
    this.#origin = origin;
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** Emits an operator with one output. */
  emit(
    type: string,
    inputs: readonly string[],
    attributes: AttributeMap = {},
    domain = '',
  ): string {
    const [output] = this.emitMany(type, inputs, attributes, { domain });
    return output ?? '';
  }

  /** Emits an operator; an input `''` is left out. */
  emitMany(
    type: string,
    inputs: readonly string[],
    attributes: AttributeMap = {},
    { domain = '', outputs = 1 }: EmitOptions = {},
  ): readonly string[] {
    const key = `${domain}.${type}(${inputs.join()})${JSON.stringify(attributes)}${String(outputs)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const names = Array.from({ length: outputs }, () => this.#name('t'));
    this.#nodes.push({
      name: `${this.#origin}#${String(this.#nodes.length)}`,
      type,
      domain,
      inputs,
      outputs: names,
      attributes,
    });
    this.#known.set(key, names);
    if (inputs.length > 0 && inputs.every((name) => name === '' || this.#constants.has(name))) {
      for (const name of names) this.#constants.add(name);
    }
    return names;
  }

  /** Emits another shape of a tensor, all of whose lengths but one, `-1`, are given. */
  reshape(tensor: string, shape: readonly number[]): string {
    const view = this.emit('Reshape', [tensor, this.integers(shape)]);
    this.#views.set(view, tensor);
    if (!shape.includes(-1)) this.#shapes.set(view, shape);
    return view;
  }

  /** Emits a tensor with its axes in another order. */
  transpose(tensor: string, permutation: readonly number[]): string {
    const turned = this.emit('Transpose', [tensor], { perm: permutation });
    const shape = this.#shapes.get(tensor);
    if (shape !== undefined) {
      this.#shapes.set(
        turned,
        permutation.map((axis) => shape[axis] ?? 1),
      );
    }
    return turned;
  }

  /** Whether a tensor depends on constants alone, so that what is made of it is made once. */
  isConstant(tensor: string): boolean {
    return this.#constants.has(tensor);
  }

  /** A constant vector (or tensor) of integers, as operators take shapes, axes and pads. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant('int64', shape, values, new BigInt64Array(values.map(BigInt)));
  }

  /** A constant number. */
  scalar(value: number, dtype: OnnxDtype = 'float32'): string {
    return this.constant([value], [], dtype);
  }

  /** A constant tensor. */
  constant(
    values: readonly number[],
    shape: readonly number[],
    dtype: OnnxDtype = 'float32',
  ): string {
    switch (dtype) {
      case 'float32':
        return this.#constant(dtype, shape, values, Float32Array.from(values));
      case 'int32':
        return this.#constant(dtype, shape, values, Int32Array.from(values));
      case 'bool':
        return this.#constant(dtype, shape, values, Uint8Array.from(values));
      case 'int64':
        return this.integers(values, shape);
    }
  }

  /**
   * Adds an input of the graph.
   * @param isConstant - Whether it is known to be the same in every run.
   */
  input(name: string, dtype: OnnxDtype, shape: readonly number[], isConstant = false): string {
    this.#inputs.push({ name, dtype, shape });
    if (isConstant) this.#constants.add(name);
    return name;
  }

  /** Adds a constant with a name of its own. */
  initializer(name: string, dtype: OnnxDtype, shape: readonly number[], data: Uint8Array): string {
    this.#initializers.push({ name, dtype, shape, data });
    this.#constants.add(name);
    return name;
  }

  /** Makes a tensor an output of the graph, under a name of its own. */
  output(tensor: string, name: string, dtype: OnnxDtype, shape: readonly number[]): void {
    this.#nodes.push({
      name: `${this.#origin}#${String(this.#nodes.length)}`,
      type: 'Identity',
      domain: '',
      inputs: [tensor],
      outputs: [name],
      attributes: {},
    });
    this.#outputs.push({ name, dtype, shape });
  }

  /**
   * As {@link output}, but where the tensor is merely another shape of one that a node computes, that one: a reshaped output
   * would be a copy.
   * @returns The shape of the output, whose numbers come in the same order.
   */
  outputInAnyShape(
    tensor: string,
    name: string,
    dtype: OnnxDtype,
    shape: readonly number[],
  ): readonly number[] {
    let source = tensor;
    for (
      let next = this.#views.get(source);
      next !== undefined && this.#shapes.has(next);
      next = this.#views.get(source)
    ) {
      source = next;
    }
    const lengths = source === tensor ? shape : (this.#shapes.get(source) ?? shape);
    this.output(source, name, dtype, lengths);
    return lengths;
  }

  /**
   * Makes an empty sequence the graph's first output. `onnxruntime-node` copies every output into new memory after a run,
   * also one that was written where the caller wanted it; a sequence it cannot copy, and it gives up before the others.
   * @returns The output's name.
   */
  skipReturn(): string {
    const name = 'nothing';
    this.#nodes.push({
      name,
      type: 'SequenceEmpty',
      domain: '',
      inputs: [],
      outputs: [name],
      attributes: {},
    });
    this.#outputs.unshift({ name, sequence: true });
    return name;
  }

  /** The graph's nodes, with outputs renamed in place of copies, and nodes, inputs and constants that nothing uses left out. */
  parts(): OnnxGraphParts {
    const outputs = new Set(this.#outputs.map(({ name }) => name));
    const nodes = withoutOutputCopies(usedNodes(this.#nodes, outputs), outputs);
    const used = new Set(nodes.flatMap((node) => node.inputs));
    return {
      nodes,
      inputs: this.#inputs.filter(({ name }) => used.has(name)),
      outputs: this.#outputs,
      initializers: this.#initializers.filter(({ name }) => used.has(name)),
    };
  }

  /**
   * The bytes of an `.onnx` file.
   * @param order - `reversed` lists the nodes last to first: ONNX Runtime, which orders them itself, then runs them in
   * the order in which they were emitted, as far as their results are wanted; a listing in order it would run backwards.
   */
  encode(order: 'emitted' | 'reversed' = 'emitted'): Uint8Array<ArrayBuffer> {
    const parts = this.parts();
    return encodeModel(
      order === 'reversed' ? { ...parts, nodes: parts.nodes.toReversed() } : parts,
    );
  }

  #constant(
    dtype: OnnxDtype,
    shape: readonly number[],
    values: readonly number[],
    data: ArrayBufferView,
  ): string {
    const key = `${String(onnxType[dtype])}[${shape.join()}]${values.map((v) => (Object.is(v, -0) ? '-0' : String(v))).join()}`;
    const known = this.#known.get(key)?.[0];
    if (known !== undefined) return known;
    const name = this.#name('c');
    this.initializer(
      name,
      dtype,
      shape,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    this.#known.set(key, [name]);
    return name;
  }

  #name(prefix: string): string {
    this.#names += 1;
    return prefix + String(this.#names);
  }
}

/** The nodes that an output depends on. */
function usedNodes(nodes: readonly OnnxNode[], outputs: ReadonlySet<string>): OnnxNode[] {
  const wanted = new Set(outputs);
  const used = nodes.toReversed().filter((node) => {
    const isUsed = node.outputs.some((name) => wanted.has(name));
    if (isUsed) for (const input of node.inputs) wanted.add(input);
    return isUsed;
  });
  return used.reverse();
}

/** Renames the tensor behind each output's `Identity`, so that it is computed in place; the first output of a tensor wins. */
function withoutOutputCopies(nodes: readonly OnnxNode[], outputs: ReadonlySet<string>): OnnxNode[] {
  const produced = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const kept: OnnxNode[] = [];
  for (const node of nodes) {
    const [source = ''] = node.inputs;
    const [target = ''] = node.outputs;
    const isCopy = node.type === 'Identity' && outputs.has(target);
    if (isCopy && produced.has(source) && !renamed.has(source)) renamed.set(source, target);
    else kept.push(node);
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  return kept.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}
