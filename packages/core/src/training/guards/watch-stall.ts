/**
 * Waits for work and tells when it takes long: after so many seconds, and after twice, four times … as many.
 * @param stalled - Told the seconds waited so far; the wait goes on when it is done.
 */
export async function watchStall<T>(
  work: Promise<T>,
  seconds: number,
  stalled: (waited: number) => Promise<void>,
): Promise<T> {
  const done = work.then((value) => ({ value }));
  let waited = 0;
  for (let next = seconds; ; next *= 2) {
    const outcome = await beforeTimeout(done, next - waited);
    if (outcome !== undefined) return outcome.value;
    waited = next;
    await stalled(waited);
  }
}

async function beforeTimeout<T>(work: Promise<T>, seconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, 1000 * seconds, undefined);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
