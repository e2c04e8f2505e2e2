import type {
  OpAttribute,
  OpOutput,
  TensorflowBackend,
  TensorflowBinding,
} from './kernels/tensorflow-kernel.js';

/**
 * Version of what the compiled queue (`native/operation-queue.cc`) and {@link queueOperations} have agreed on; a binding
 * that was compiled with another one runs its operations at once.
 */
export const queueVersion = 1;

/**
 * Operations whose outputs' shapes follow from attributes, the inputs' shapes, and the values of those inputs that are few
 * whole numbers. Others, such as `Where` and `Range`, are never queued.
 */
const queueable: ReadonlySet<string> = new Set(
  [
    'Conv2D Conv2DBackpropFilter Conv2DBackpropInput DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput MatMul BatchMatMul BatchMatMulV2 BiasAdd BiasAddGrad',
    'FusedBatchNormV3 FusedBatchNormGradV3',
    'MaxPool MaxPoolGrad AvgPool AvgPoolGrad _MklNativeMaxPool _MklNativeMaxPoolGrad',
    'ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor ResizeNearestNeighborGrad',
    'Relu ReluGrad Relu6 LeakyRelu Elu EluGrad Sigmoid Tanh Softplus Softmax LogSoftmax Erf',
    'Abs Exp Expm1 Log Log1p Neg Reciprocal Round Rsqrt Sign Sqrt Square Floor Ceil',
    'Add AddV2 Sub Mul Div RealDiv DivNoNan FloorDiv Pow Maximum Minimum SquaredDifference',
    'Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalNot LogicalOr',
    'Select SelectV2 ZerosLike OnesLike Fill Cast ClipByValue',
    'Sum Mean Max Min Prod All Any ArgMax ArgMin Cumsum',
    'Reshape Transpose ConcatV2 SplitV Slice StridedSlice Pad PadV2 MirrorPad Tile Pack Unpack OneHot GatherV2',
    'SpaceToBatchND BatchToSpaceND DepthToSpace SpaceToDepth ReverseV2',
  ].flatMap((line) => line.split(' ')),
);

/** Operations on TensorFlow's variables: in the queue, so that they keep their order. None of them has a new shape. */
const onVariables: ReadonlySet<string> = new Set([
  'AssignVariableOp',
  'ReadVariableOp',
  'ResourceApplyAdam',
  'DestroyResourceOp',
]);

/** More whole numbers than an axis, a shape or a table of paddings has are values, not sizes. */
const sizesLimit = 16;

/** So many calls are remembered; a training step has some hundreds of different ones. */
const callsLimit = 20_000;

/** What is known of a tensor without waiting for it. */
interface Known {
  readonly shape: readonly number[];
  /** All that can decide about shapes; `undefined` if this needs its values, and these are not known. */
  readonly key: string | undefined;
  /** Of a variable: what it was given last. */
  held?: readonly number[] | undefined;
}

/** A shape as the compiled queue reads it. */
const textOf = (shape: readonly number[]): string => `${shape.join()};`;

/** A binding whose backend lets several operations wait for one another. */
class OperationQueue {
  readonly #binding: TensorflowBinding;
  readonly #tensors = new Map<number, Known>();
  /** The shapes of a call's outputs, one behind the other, as they follow an operation's name. */
  readonly #shapes = new Map<string, string>();

  constructor(binding: TensorflowBinding) {
    this.#binding = binding;
  }

  createTensor(
    shape: readonly number[],
    dtype: number,
    values: Parameters<TensorflowBinding['createTensor']>[2],
  ): number {
    const id = this.#binding.createTensor(shape, dtype, values);
    const sizes = values.length > sizesLimit ? undefined : `{${values.join()}}`;
    // A copy: the array is whoever's that made the tensor.
    this.#note(id, dtype, [...shape], sizes);
    return id;
  }

  deleteTensor(id: number): void {
    this.#tensors.delete(id);
    this.#binding.deleteTensor(id);
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    count: number,
  ): OpOutput[] {
    const isOnVariable = onVariables.has(name);
    const call = isOnVariable ? undefined : this.#call(name, attributes, inputs);
    const shapes = isOnVariable
      ? this.#shapesOfVariable(name, inputs)
      : this.#shapes.get(call ?? '');
    const queued = shapes === undefined ? name : `${name}@${shapes}`;
    const outputs = this.#binding.executeOp(queued, attributes, inputs, count);
    for (const { id, dtype, shape } of outputs) this.#note(id, dtype, shape, undefined);
    if (call !== undefined && shapes === undefined) this.#remember(call, outputs);
    return outputs;
  }

  /** Waits until all that was queued is done. */
  wait(): void {
    const { TF_FLOAT, TF_ATTR_TYPE } = this.#binding;
    const zero = this.#binding.createTensor([], TF_FLOAT, new Float32Array(1));
    const type = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
    const [last] = this.#binding.executeOp('Neg@;', [type], [zero], 1) as [OpOutput];
    this.#binding.tensorDataSync(last.id);
    for (const id of [zero, last.id]) this.#binding.deleteTensor(id);
  }

  /** @param sizes - The tensor's values, in case that they are sizes; `undefined` if they are not known. */
  #note(id: number, dtype: number, shape: readonly number[], sizes: string | undefined): void {
    const { TF_INT32, TF_INT64 } = this.#binding;
    const isWhole = dtype === TF_INT32 || dtype === TF_INT64;
    const values = isWhole ? sizes : '';
    const key = values === undefined ? undefined : `${String(dtype)}[${shape.join()}]${values}`;
    this.#tensors.set(id, { shape, key });
  }

  /** A name for all calls whose outputs have the same shapes; `undefined` if an operation must not be queued. */
  #call(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
  ): string | undefined {
    if (!queueable.has(name)) return undefined;
    let call = name;
    for (const attribute of attributes) call += `|${attribute.name}=${String(attribute.value)}`;
    for (const id of inputs) {
      const key = this.#tensors.get(id)?.key;
      if (key === undefined) return undefined;
      call += `|${key}`;
    }
    return call;
  }

  /** What a variable was given last is what is read of it; `undefined` if nothing was. */
  #shapesOfVariable(name: string, [variable, value]: readonly number[]): string | undefined {
    const known = this.#tensors.get(variable as number);
    if (known !== undefined && name === 'AssignVariableOp') {
      known.held = this.#tensors.get(value as number)?.shape;
    }
    if (name !== 'ReadVariableOp') return '';
    return known?.held && textOf(known.held);
  }

  #remember(call: string, outputs: readonly OpOutput[]): void {
    // Of pictures of ever new sizes there is no end.
    if (this.#shapes.size >= callsLimit) this.#shapes.clear();
    this.#shapes.set(call, outputs.map(({ shape }) => textOf(shape)).join(''));
  }
}

/** Marks a binding that queues, also for another copy of this package in the same program. */
const mark = Symbol.for('@segkit/engines/operation-queue');

/**
 * Lets a backend's operations wait in a queue, so that JavaScript goes on while TensorFlow computes. An operation runs at once
 * the first time that it is called with inputs of certain shapes; from then on its outputs' shapes are known. An error of a
 * queued operation, such as one of memory, is thrown by an operation after it, or by reading what was to come of it.
 * Calling it again changes nothing.
 * @param backend - Of a binding that was compiled with the queue of {@link queueVersion}.
 */
export function queueOperations(backend: TensorflowBackend): void {
  if (mark in backend.binding) return;
  const queue = new OperationQueue(backend.binding);
  const calls = {
    [mark]: true,
    createTensor: queue.createTensor.bind(queue),
    deleteTensor: queue.deleteTensor.bind(queue),
    executeOp: queue.executeOp.bind(queue),
  };
  backend.binding = Object.create(
    backend.binding,
    Object.getOwnPropertyDescriptors(calls),
  ) as TensorflowBinding;
  const time = backend.time.bind(backend);
  // Without waiting it would be the time that queueing takes.
  backend.time = (run) => {
    queue.wait();
    return time(() => {
      run();
      queue.wait();
    });
  };
}
