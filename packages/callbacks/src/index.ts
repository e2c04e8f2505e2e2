import type { Plugin } from '@segkit/core';

import { checkpoint } from './checkpoint.js';
import { csvLog } from './csv-log.js';
import { earlyStopping } from './early-stopping.js';
import { jsonlLog } from './jsonl-log.js';
import { progress } from './progress.js';

export { checkpoint, type CheckpointOptions } from './checkpoint.js';
export { csvLog, type CsvLogOptions } from './csv-log.js';
export { earlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
export { jsonlLog, type JsonlLogOptions } from './jsonl-log.js';
export { progress, type ProgressOptions } from './progress.js';

/** Every callback of segkit. */
export const callbacks: readonly Plugin<'callback'>[] = [
  progress,
  csvLog,
  jsonlLog,
  checkpoint,
  earlyStopping,
];
