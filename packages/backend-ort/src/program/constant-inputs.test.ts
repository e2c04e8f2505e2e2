import { expect, it } from 'vitest';

import { Storage } from '../recording/storage.js';
import { Value } from '../recording/value.js';
import { ConstantInputs } from './constant-inputs.js';

const value = (): Value =>
  new Value({ shape: [2], dtype: 'float32' }, new Storage('float32', new Float32Array(2)));

function observe(inputs: ConstantInputs, runs: number, ...constants: (Value | undefined)[]): void {
  for (let run = 0; run < runs; run++) inputs.observe(constants.map((each) => each ?? value()));
}

it('takes an input for constant that was the same in three runs', () => {
  const [inputs, weights] = [new ConstantInputs([0, 1]), value()];
  observe(inputs, 2, undefined, weights);
  expect(inputs.proven()).toBeUndefined();
  observe(inputs, 1, undefined, weights);
  expect(inputs.proven()).toEqual([1]);
});

it('takes none where all change, and none where all stay', () => {
  const [changing, staying] = [new ConstantInputs([0, 1]), new ConstantInputs([0, 1])];
  observe(changing, 9);
  expect(changing.proven()).toBeUndefined();
  observe(staying, 9, value(), value());
  expect(staying.proven()).toBeUndefined();
});

it('looks at the inputs of the graph alone', () => {
  const [inputs, weights] = [new ConstantInputs([0, 2]), value()];
  observe(inputs, 3, undefined, value(), weights);
  expect(inputs.proven()).toEqual([2]);
});

it('starts anew when what seemed constant changes', () => {
  const inputs = new ConstantInputs([0, 1]);
  observe(inputs, 2, undefined, value());
  observe(inputs, 2, undefined, value());
  expect(inputs.proven()).toBeUndefined();
  const weights = value();
  observe(inputs, 3, undefined, weights);
  expect(inputs.proven()).toEqual([1]);
});

it('keeps those that stay where others change late', () => {
  const [inputs, first, second] = [new ConstantInputs([0, 1, 2]), value(), value()];
  observe(inputs, 2, undefined, first, second);
  observe(inputs, 1, undefined, first, value());
  expect(inputs.proven()).toEqual([1]);
});

it('is harder to convince each time it was wrong', () => {
  const [inputs, weights] = [new ConstantInputs([0, 1]), value()];
  for (const needed of [3, 6, 12]) {
    observe(inputs, needed - 1, undefined, weights);
    expect(inputs.proven()).toBeUndefined();
    observe(inputs, 1, undefined, weights);
    expect(inputs.proven()).toEqual([1]);
    inputs.refute();
  }
});
