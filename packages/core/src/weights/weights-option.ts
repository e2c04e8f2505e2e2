import * as z from 'zod';

import type { WeightsOption } from '../components/weights.js';

const source = z.strictObject({
  from: z.string().min(1),
  prefix: z.string().optional(),
  rename: z.array(z.strictObject({ from: z.string(), to: z.string() })).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/, { error: 'expected 8 to 64 hexadecimal digits' })
    .optional(),
  minimum: z.number().positive().max(1).optional(),
});

/** Schema of the option `weights` of backbones that can start from a file; default `null`, random weights. */
export function weightsOption(): z.ZodDefault<
  z.ZodNullable<z.ZodType<WeightsOption, WeightsOption>>
> {
  const option: z.ZodType<WeightsOption, WeightsOption> = z.union([z.string().min(1), source]);
  return option
    .nullable()
    .default(null)
    .describe(
      'Weights to start from: a safetensors or PyTorch file, an https address, or a registered name such as ' +
        'imagenet; alone, or as { from, prefix, rename, sha256, minimum }. null is random.',
    );
}
