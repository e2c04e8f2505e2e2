import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` as the very last line, so that scripts can read the outcome. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    for (const module of modules) {
      const failedBefore = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
      // A file or its set-up can fail without any of its tests having run.
      if (module.state() === 'failed' && failed === failedBefore) failed += 1;
    }
    const tail = skipped > 0 ? `, ${String(skipped)} skipped` : '';
    process.once('exit', () => {
      process.stdout.write(`${String(passed)} passed, ${String(failed)} failed${tail}\n`);
    });
  }
}
