import {
  type Callback,
  defineCallback,
  type Plugin,
  type RunControl,
  type TrainingEvent,
} from '@segkit/core';
import * as z from 'zod';

const options = z.strictObject({});

/** Options of a callback made by `lambdaCallback`: none. */
export type LambdaOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    [name: `lambda-${string}`]: LambdaOptions;
  }
}

/**
 * Makes a callback of a function: pass it to `createApp` (or export it from a module that `plugins` names) and name it in
 * a config's `callbacks`.
 * @param name - How configs name it.
 * @param handle - Called with every event; the run waits for it.
 * @param rest - What an error does (default: it stops the run), and what to do when the run is over.
 * @example
 * const bell = lambdaCallback('lambda-bell', (event) => {
 *   if (event.type === 'run-end') process.stdout.write('\u0007');
 * });
 * const app = createApp({ plugins: [...firstParty, bell] });
 * app.fit({ ...config, callbacks: ['checkpoint', 'lambda-bell'] });
 */
export function lambdaCallback(
  name: `lambda-${string}`,
  handle: (event: TrainingEvent, run: RunControl) => void | Promise<void>,
  { onError = 'stop', ...rest }: Partial<Omit<Callback, 'handle'>> = {},
): Plugin<'callback'> {
  return defineCallback({
    name,
    description: "A function of the user's own.",
    options,
    create: () => ({ onError, handle, ...rest }),
  });
}
