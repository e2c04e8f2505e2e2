import type { Plugin } from '../registry/plugin.js';
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import { constantSchedule } from './constant-schedule.js';
import { cosineSchedule } from './cosine-schedule.js';
import { oneCycleSchedule } from './one-cycle-schedule.js';
import { plateauSchedule } from './plateau-schedule.js';
import { polySchedule } from './poly-schedule.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';
import { stepSchedule } from './step-schedule.js';

export { adam, type AdamOptions } from './adam.js';
export { adamw, type AdamwOptions } from './adamw.js';
export { constantSchedule, type ConstantScheduleOptions } from './constant-schedule.js';
export { cosineSchedule, type CosineScheduleOptions } from './cosine-schedule.js';
export { oneCycleSchedule, type OneCycleScheduleOptions } from './one-cycle-schedule.js';
export { plateauSchedule, type PlateauScheduleOptions } from './plateau-schedule.js';
export { polySchedule, type PolyScheduleOptions } from './poly-schedule.js';
export { rmsprop, type RmspropOptions } from './rmsprop.js';
export { sgd, type SgdOptions } from './sgd.js';
export { stepSchedule, type StepScheduleOptions } from './step-schedule.js';

/** Every optimiser of segkit. */
export const optimizers: readonly Plugin<'optimizer'>[] = [sgd, adam, adamw, rmsprop];

/** Every learning-rate schedule of segkit. */
export const schedules: readonly Plugin<'schedule'>[] = [
  constantSchedule,
  stepSchedule,
  polySchedule,
  cosineSchedule,
  oneCycleSchedule,
  plateauSchedule,
];
