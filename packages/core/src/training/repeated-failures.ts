/**
 * Counts failures that are the same again: a log on a full disk fails at every step of a night. Told are the first, the 10th, the
 * 100th and so on.
 */
export class RepeatedFailures {
  readonly #times = new Map<string, { readonly message: string; readonly times: number }>();

  /**
   * Counts a failure.
   * @param who - Whose failures follow each other; another message begins again.
   * @returns What to tell of it; `undefined` for nothing.
   */
  tell(who: string, message: string): string | undefined {
    const last = this.#times.get(who);
    const times = last?.message === message ? last.times + 1 : 1;
    this.#times.set(who, { message, times });
    if (times === 1) return message;
    return Number.isInteger(Math.log10(times)) ? `${message} (${String(times)} times)` : undefined;
  }
}
