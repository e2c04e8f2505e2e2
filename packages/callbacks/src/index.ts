import type { Plugin } from '@segkit/core';

import { checkpoint } from './checkpoint.js';
import { csvLog } from './csv-log.js';
import { earlyStopping } from './early-stopping.js';
import { imageSheet } from './image-sheet.js';
import { jsonlLog } from './jsonl-log.js';
import { progress } from './progress.js';
import { systemStats } from './system-stats.js';
import { tensorboard } from './tensorboard/tensorboard.js';
import { webhook } from './webhook.js';

export { checkpoint, type CheckpointOptions } from './checkpoint.js';
export { csvLog, type CsvLogOptions } from './csv-log.js';
export { earlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
export { eventLineSchema, type EventLine } from './event-line.js';
export { imageSheet, type ImageSheetOptions } from './image-sheet.js';
export { jsonlLog, type JsonlLogOptions } from './jsonl-log.js';
export { lambdaCallback, type LambdaOptions } from './lambda.js';
export { progress, type ProgressOptions } from './progress.js';
export { systemStats, type SystemStatsOptions } from './system-stats.js';
export { tensorboard, type TensorboardOptions } from './tensorboard/tensorboard.js';
export { webhook, type WebhookOptions } from './webhook.js';

/** Every callback of segkit. */
export const callbacks: readonly Plugin<'callback'>[] = [
  progress,
  csvLog,
  jsonlLog,
  tensorboard,
  checkpoint,
  earlyStopping,
  imageSheet,
  systemStats,
  webhook,
];
