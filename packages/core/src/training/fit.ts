import { Observable } from 'rxjs';

import type { TrainingEvent } from '../components/training-event.js';
import type { RunPlan } from './run-plan.js';
import { TrainingRun } from './training-run.js';

/**
 * A cold stream of a run's events: subscribing prepares and trains, unsubscribing stops after the current step (the
 * callbacks still see `run-end` and are closed). Completes after `run-end`; errors with a `SegkitError`.
 * @param prepare - Checks everything and builds the plan; called once per subscription.
 * @param signal - Aborting it stops after the current step too, but the subscriber sees the run end; a text as the signal's
 * reason becomes that of `run-end`.
 */
export function fit(
  prepare: () => Promise<RunPlan>,
  signal?: AbortSignal,
): Observable<TrainingEvent> {
  return new Observable<TrainingEvent>((subscriber) => {
    let run: TrainingRun | undefined;
    const abort = (): void => {
      const reason: unknown = signal?.reason;
      run?.abandon(typeof reason === 'string' ? reason : 'aborted');
    };
    const train = async (): Promise<void> => {
      const plan = await prepare();
      try {
        if (subscriber.closed) return;
        run = new TrainingRun(plan, (event) => {
          subscriber.next(event);
        });
        signal?.addEventListener('abort', abort);
        if (signal?.aborted === true) abort();
        await run.run();
      } finally {
        signal?.removeEventListener('abort', abort);
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
