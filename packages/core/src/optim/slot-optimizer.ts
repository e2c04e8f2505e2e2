import * as tf from '@tensorflow/tfjs-core';

import type { NamedArray, Optimizer } from '../components/optimizer.js';
import { CheckpointError, SegkitError } from '../errors.js';
import type { Parameter } from '../nn/parameter.js';
import { torchArrays } from '../nn/torch-arrays.js';
import { expectShape } from '../tensor/expect-shape.js';
import { parameterSettings, type Grouping, type ParameterSettings } from './parameter-groups.js';

/** One parameter as an update rule sees it; every tensor has the parameter's shape. */
export interface Update<Slot extends string> {
  readonly value: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** The rule's running averages; zeros before the first update. */
  readonly slots: Readonly<Record<Slot, tf.Tensor>>;
  /** Updates of this parameter, this one included: 1 at the first. */
  readonly step: number;
  /** This step's rate for this parameter. */
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** What an update makes of a parameter and its slots. */
export interface NextValues<Slot extends string> {
  readonly value: tf.Tensor;
  readonly slots: Readonly<Record<Slot, tf.Tensor>>;
}

/** An optimiser's formula, free of side effects. Slots carry PyTorch's names, e.g. `exp_avg`. */
export interface UpdateRule<Slot extends string> {
  readonly name: string;
  readonly learningRate: number;
  readonly slots: readonly Slot[];
  /** The next values of every parameter, in their order. Runs inside `tf.tidy`. */
  updateAll(updates: readonly Update<Slot>[]): readonly NextValues<Slot>[];
}

/** A rule that knows no other parameter than the one that it updates. */
export function each<Slot extends string>(
  update: (update: Update<Slot>) => NextValues<Slot>,
): UpdateRule<Slot>['updateAll'] {
  return (updates) => updates.map(update);
}

interface Entry<Slot extends string> {
  readonly parameter: Parameter;
  readonly slots: ReadonlyMap<Slot, Parameter>;
  readonly settings: ParameterSettings;
  step: number;
}

/**
 * Makes an optimiser from an update rule. Parameters may have rates and decays of their own. Slots are allocated at once and replaced in place, so the number of
 * tensors stays constant. As in PyTorch, a parameter without a gradient is left alone and its step count stays.
 *
 * Its state is `<parameter>.step` (a scalar, exact up to 2^24) and `<parameter>.<slot>` in PyTorch's layout.
 * @see https://docs.pytorch.org/docs/stable/optim.html
 */
export function slotOptimizer<Slot extends string>(
  rule: UpdateRule<Slot>,
  parameters: ReadonlyMap<string, Parameter>,
  grouping: Grouping,
): Optimizer {
  const entries = new Map<string, Entry<Slot>>();
  for (const [name, settings] of parameterSettings(parameters, grouping)) {
    const parameter = parameters.get(name) as Parameter;
    entries.set(name, { parameter, slots: zeroSlots(rule.slots, parameter), settings, step: 0 });
  }
  return {
    learningRate: rule.learningRate,
    step: (gradients, learningRate) => {
      const given = [...gradients].map(([name, gradient]) => {
        const entry = entries.get(name);
        if (entry === undefined) {
          throw new SegkitError(
            `optimizer ${rule.name}: a gradient came for "${name}", which is no trainable parameter; ` +
              'make the optimizer from the parameters that are trained.',
          );
        }
        expectShape(gradient, entry.parameter.shape, `optimizer ${rule.name}: gradient of ${name}`);
        return { entry, gradient };
      });
      applyAll(rule, given, learningRate);
    },
    state: async () => {
      const named = [...entries].flatMap(([name, { slots }]) =>
        [...slots].map(([slot, values]) => [`${name}.${slot}`, values] as const),
      );
      const arrays = await torchArrays(named);
      const state = new Map<string, NamedArray>();
      for (const [name, { slots, step }] of entries) {
        state.set(`${name}.step`, { shape: [], data: Float32Array.of(step) });
        for (const slot of slots.keys()) {
          state.set(`${name}.${slot}`, arrays.get(`${name}.${slot}`) as NamedArray);
        }
      }
      return state;
    },
    restore: (state) => {
      restoreEntries(rule.name, entries, state);
    },
    dispose: () => {
      for (const { slots } of entries.values())
        for (const values of slots.values()) values.dispose();
    },
  };
}

function zeroSlots<Slot extends string>(
  names: readonly Slot[],
  parameter: Parameter,
): ReadonlyMap<Slot, Parameter> {
  return new Map(names.map((name) => [name, parameter.zerosLike()]));
}

function applyAll<Slot extends string>(
  rule: UpdateRule<Slot>,
  given: readonly { readonly entry: Entry<Slot>; readonly gradient: tf.Tensor }[],
  learningRate: number,
): void {
  tf.tidy(() => {
    const updates = given.map(({ entry: { parameter, slots, settings, step }, gradient }) => ({
      value: parameter.value,
      gradient,
      slots: valuesOf(slots),
      step: step + 1,
      learningRate: learningRate * settings.learningRateFactor,
      weightDecay: settings.weightDecay,
    }));
    rule.updateAll(updates).forEach((next, i) => {
      const entry = given[i]?.entry;
      entry?.parameter.value.assign(next.value);
      for (const [name, slot] of entry?.slots ?? []) slot.value.assign(next.slots[name]);
    });
  });
  for (const { entry } of given) entry.step += 1;
}

function valuesOf<Slot extends string>(
  slots: ReadonlyMap<Slot, Parameter>,
): Record<Slot, tf.Tensor> {
  const values: Partial<Record<Slot, tf.Tensor>> = {};
  for (const [name, slot] of slots) values[name] = slot.value;
  return values as Record<Slot, tf.Tensor>;
}

function restoreEntries<Slot extends string>(
  optimizer: string,
  entries: ReadonlyMap<string, Entry<Slot>>,
  state: ReadonlyMap<string, NamedArray>,
): void {
  const expected = new Map<string, readonly number[]>();
  for (const [name, { slots, parameter }] of entries) {
    expected.set(`${name}.step`, []);
    const torchShape = parameter.torchAxes.map((axis) => parameter.shape[axis] ?? 0);
    for (const slot of slots.keys()) expected.set(`${name}.${slot}`, torchShape);
  }
  // Everything is checked before anything changes: a refused file leaves the optimiser as it was.
  expectSameNames(optimizer, expected, state);
  for (const [name, shape] of expected) expectArray(optimizer, name, shape, state.get(name));
  for (const [name, entry] of entries) {
    for (const [slot, values] of entry.slots) {
      const array = state.get(`${name}.${slot}`);
      if (array !== undefined) values.fromTorch(`${name}.${slot}`, array.shape, array.data);
    }
    entry.step = state.get(`${name}.step`)?.data[0] ?? 0;
  }
}

function expectSameNames(
  optimizer: string,
  expected: ReadonlyMap<string, unknown>,
  state: ReadonlyMap<string, NamedArray>,
): void {
  const missing = [...expected.keys()].find((name) => !state.has(name));
  const extra = [...state.keys()].find((name) => !expected.has(name));
  if (missing === undefined && extra === undefined) return;
  const complaint =
    missing === undefined ? `holds "${extra ?? ''}", which it has not` : `lacks "${missing}"`;
  throw new CheckpointError(
    `optimizer ${optimizer}: the saved state ${complaint}; ` +
      'resume with the network, the optimizer and the optimizer options it was saved with.',
  );
}

function expectArray(
  optimizer: string,
  name: string,
  shape: readonly number[],
  array: NamedArray | undefined,
): void {
  const size = shape.reduce((product, length) => product * length, 1);
  const received = array?.shape.join('x') ?? 'nothing';
  if (received === shape.join('x') && array?.data.length === size) return;
  throw new CheckpointError(
    `optimizer ${optimizer}: state "${name}" must have shape [${shape.join('x')}] and ${String(size)} values, ` +
      `received [${received}] and ${String(array?.data.length ?? 0)}; resume with the network it was saved with.`,
  );
}
