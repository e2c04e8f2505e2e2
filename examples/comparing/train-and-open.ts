import { filter, lastValueFrom } from 'rxjs';
import type { App, ConfigInput, TrainedRun } from 'segkit';

/**
 * Trains a config and opens the network that came out.
 * @param folder - The run's folder; a number is appended if it exists.
 */
export async function trainAndOpen(
  app: App,
  config: ConfigInput,
  folder: string,
): Promise<TrainedRun> {
  const starts = app.fit(config, { folder }).pipe(filter((event) => event.type === 'run-start'));
  const { folder: written } = await lastValueFrom(starts);
  return app.openRun(written ?? folder);
}
