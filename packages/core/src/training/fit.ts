import { Observable } from 'rxjs';

import type { TrainingEvent } from '../components/training-event.js';
import type { RunPlan } from './run-plan.js';
import type { RunHandle } from './run-handle.js';
import { TrainingRun } from './training-run.js';

/** Ways to steer a run from outside. */
export interface Steering {
  /**
   * Aborting it stops after the current step, without a further validation; the subscriber sees the run end. A text as its
   * reason becomes that of `run-end`.
   */
  readonly signal?: AbortSignal | undefined;
  /** Pauses, resumes and stops. */
  readonly handle?: RunHandle | undefined;
}

/**
 * A cold stream of a run's events: subscribing prepares and trains, unsubscribing stops after the current step (the
 * callbacks still see `run-end` and are closed), and nothing is emitted any more. Completes after `run-end`; errors with a
 * `SegkitError`.
 * @param prepare - Checks everything and builds the plan; called once per subscription.
 */
export function fit(
  prepare: () => Promise<RunPlan>,
  { signal, handle }: Steering = {},
): Observable<TrainingEvent> {
  return new Observable<TrainingEvent>((subscriber) => {
    let run: TrainingRun | undefined;
    const abort = (): void => {
      const reason: unknown = signal?.reason;
      run?.abandon(typeof reason === 'string' ? reason : 'aborted');
    };
    const train = async (): Promise<void> => {
      const plan = await prepare();
      let letGo: (() => void) | undefined;
      try {
        if (subscriber.closed) return;
        run = new TrainingRun(plan, (event) => {
          subscriber.next(event);
        });
        signal?.addEventListener('abort', abort);
        letGo = handle?.attach(run);
        if (signal?.aborted === true) abort();
        await run.run();
      } finally {
        signal?.removeEventListener('abort', abort);
        letGo?.();
        plan.lock?.release();
        plan.optimizer.dispose();
        plan.averages?.dispose();
        plan.model.dispose();
      }
    };
    train().then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
    return () => run?.abandon('unsubscribed');
  });
}
