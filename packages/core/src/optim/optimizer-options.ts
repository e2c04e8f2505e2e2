import * as z from 'zod';

/** The base learning rate, before the schedule's factor. */
export function learningRateOption(defaultRate: number) {
  return z
    .number()
    .nonnegative()
    .default(defaultRate)
    .describe('Base learning rate, before the schedule.');
}

/** L2 penalty, added to the gradient as `weightDecay * parameter`. */
export function weightDecayOption() {
  return z
    .number()
    .nonnegative()
    .default(0)
    .describe('L2 penalty: weightDecay * parameter is added to the gradient.');
}

/** A constant that keeps a denominator from zero. */
export function epsOption() {
  return z.number().positive().default(1e-8).describe('Added to the denominator.');
}

/** The decay rates of Adam's two running averages. */
export function betasOption() {
  const beta = z.number().min(0).lt(1);
  return z
    .tuple([beta, beta])
    .default([0.9, 0.999])
    .describe('Decay rates of the running averages of the gradient and of its square.');
}
