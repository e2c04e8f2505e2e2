/** Where a loop waits while it is shut. */
export class PauseGate {
  #shut = false;
  #waiting: (() => void)[] = [];

  /** Whether who comes now has to wait. */
  get isShut(): boolean {
    return this.#shut;
  }

  shut(): void {
    this.#shut = true;
  }

  /** Lets everyone go on. */
  open(): void {
    this.#shut = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
  }

  /** Resolves when the gate is open. */
  async pass(): Promise<void> {
    if (!this.#shut) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
