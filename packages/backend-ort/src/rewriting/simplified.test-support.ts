import * as tf from '@tensorflow/tfjs-core';

import { ort, ortBackend } from '../kernels/compare-with-cpu.test-support.js';
import type { TestProgram } from '../kernels/like-cpu.test-support.js';
import { ScalarPolicies } from '../program/scalar-policy.js';
import { traceTargets } from '../program/trace.js';
import type { RecordedNode, Value } from '../recording/value.js';
import { simplify } from './simplify.js';

/** The kernels by which a program's results are computed: as it called them, and as they are run. */
export interface KernelLists {
  readonly called: readonly string[];
  readonly run: readonly RecordedNode[];
}

/** Records a program's kernels and simplifies them; nothing is run. */
export async function simplified(program: TestProgram): Promise<KernelLists> {
  await tf.setBackend(ort);
  const backend = ortBackend();
  backend.flush();
  let lists: KernelLists = { called: [], run: [] };
  tf.tidy(() => {
    const targets = Object.values(program()).map(({ dataId }): Value => {
      const { value } = backend.data.get(dataId);
      if (value?.node == null) throw new Error('a result was not recorded');
      return value;
    });
    const trace = traceTargets(targets, new ScalarPolicies());
    lists = { called: trace.nodes.map(({ op }) => op), run: simplify(trace).nodes };
  });
  return lists;
}

/** The ops of the kernels that are run, in their order, with the ends that were fused into them: `Conv2D+bias+relu`. */
export async function opsOf(program: TestProgram): Promise<string[]> {
  const { run } = await simplified(program);
  return run.map(({ op, attributes }) =>
    [op, ...['bias', 'sum', 'relu'].filter((end) => attributes?.[end] === true)].join('+'),
  );
}
