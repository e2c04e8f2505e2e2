import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { messageOf } from '@segkit/core';
import * as z from 'zod';

import { installError } from './tensorflow-source.js';

const reportSchema = z.object({ tensorflow: z.string(), gpu: z.boolean() });

/** What a checked binding told. */
export type CheckReport = z.infer<typeof reportSchema>;

/**
 * Makes a training step with a binding in a process of its own: a library that does not fit may end it.
 * @param folder - Of the npm package.
 * @throws EngineError if the binding does not load, or computes something else.
 */
export async function runCheck(folder: string): Promise<CheckReport> {
  // Beside this module, in the sources as in a build.
  const { url } = import.meta;
  const isSource = url.endsWith('.ts');
  const program = fileURLToPath(new URL(isSource ? 'check-binding.ts' : 'check-binding.js', url));
  const loader = isSource ? ['--import', 'tsx'] : [];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...loader, program, folder]);
    const [last = ''] = stdout.trim().split('\n').slice(-1);
    return reportSchema.parse(JSON.parse(last));
  } catch (cause) {
    throw installError(`the binding is built but does not run: ${reasonOf(cause)}`, cause);
  }
}

/** What the process wrote last, or how it ended. */
function reasonOf(cause: unknown): string {
  const { stderr, signal } = cause as { readonly stderr?: string; readonly signal?: string | null };
  const line = stderr?.split('\n').find((text) => /^\w*Error\b|GLIBC|cannot open/.test(text));
  if (line !== undefined) return line;
  return typeof signal === 'string' ? `its process ended with ${signal}` : messageOf(cause);
}
