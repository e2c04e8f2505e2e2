import type { OnnxGraphParts, OnnxNode } from '../graph/onnx-model.js';

/** A graph cut in two. */
export interface SplitGraph {
  /** What depends on constant inputs alone: run once. */
  readonly constant: OnnxGraphParts;
  /** Its results, which the other part reads. */
  readonly boundary: readonly string[];
  /** Everything else; `boundary` is still missing among its inputs. */
  readonly varying: OnnxGraphParts;
}

/**
 * Cuts off what depends on inputs that do not change from run to run, such as the reordering of weights and the folding
 * of batch normalisation into them.
 * @returns `undefined` if that is nothing, or everything.
 */
export function splitConstantPart(
  { nodes, inputs, outputs, initializers }: OnnxGraphParts,
  constantInputs: ReadonlySet<string>,
): SplitGraph | undefined {
  const constants = new Set([...constantInputs, ...initializers.map(({ name }) => name)]);
  const once: OnnxNode[] = [];
  const everyTime: OnnxNode[] = [];
  for (const node of nodes) {
    // Without an input from outside there is nothing to save.
    const isConstant =
      node.inputs.length > 0 && node.inputs.every((name) => name === '' || constants.has(name));
    if (isConstant) for (const output of node.outputs) constants.add(output);
    (isConstant ? once : everyTime).push(node);
  }
  const wanted = new Set([
    ...everyTime.flatMap((node) => node.inputs),
    ...outputs.map(({ name }) => name),
  ]);
  const boundary = once.flatMap((node) => node.outputs).filter((name) => wanted.has(name));
  const isResult = boundary.some((name) => outputs.some((output) => output.name === name));
  if (boundary.length === 0 || everyTime.length === 0 || isResult) return undefined;
  const readBy = (part: readonly OnnxNode[]): ReadonlySet<string> =>
    new Set(part.flatMap((node) => node.inputs));
  const [readOnce, readEveryTime] = [readBy(once), readBy(everyTime)];
  return {
    constant: {
      nodes: once,
      inputs: inputs.filter(({ name }) => readOnce.has(name)),
      outputs: boundary.map((name) => ({ name })),
      initializers: initializers.filter(({ name }) => readOnce.has(name)),
    },
    boundary,
    varying: {
      nodes: everyTime,
      inputs: inputs.filter(({ name }) => readEveryTime.has(name)),
      outputs,
      initializers: initializers.filter(({ name }) => readEveryTime.has(name)),
    },
  };
}
