// A run is an Observable: filter it, average it, stop it, with RxJS and nothing else.
//
//   npx tsx examples/rxjs-callbacks/main.ts
import { pathToFileURL } from 'node:url';

import { bufferCount, filter, lastValueFrom, map, share, takeWhile, tap } from 'rxjs';
import { createApp, defineConfig, firstParty } from 'segkit';

const config = (steps: number) =>
  defineConfig({
    data: {
      labels: { classes: ['background', 'cell'] },
      train: { name: 'synthetic-cells', count: 16, size: 32, seed: 1 },
      validation: { name: 'synthetic-cells', count: 2, size: 32, seed: 2 },
    },
    model: {
      backbone: { name: 'cbr', width: 4, depth: 2 },
      center: 'cbr',
      decoder: { name: 'unet', upsampler: 'bilinear', merge: 'concat' },
    },
    loss: 'ce',
    train: { steps, batchSize: 4, validateEvery: 10 },
    callbacks: [],
  });

/** Trains until the mean IoU reaches `goal`, and prints the loss averaged over every five steps. */
export async function run({ steps = 100, goal = 0.8 } = {}): Promise<number> {
  const app = createApp({ plugins: firstParty });
  const events = app.fit(config(steps)).pipe(share());

  events
    .pipe(
      filter((event) => event.type === 'step'),
      bufferCount(5),
      map((group) => group.reduce((sum, { loss }) => sum + loss, 0) / group.length),
    )
    .subscribe({
      next: (loss) => {
        console.log(`loss ${loss.toFixed(3)}`);
      },
      // The promise below reports a failed run.
      error: () => undefined,
    });

  const validations = events.pipe(
    filter((event) => event.type === 'validation'),
    map(({ metrics }) => metrics['meanIoU'] ?? Number.NaN),
    tap((meanIoU) => {
      console.log(`mean IoU ${meanIoU.toFixed(3)}`);
    }),
    // The last one is let through; completing unsubscribes, and so stops the training.
    takeWhile((meanIoU) => meanIoU < goal, true),
  );
  return lastValueFrom(validations);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
