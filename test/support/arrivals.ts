/** A list that others fill and that can be waited on: waiting ends at the arrival, not at a poll. */
export class Arrivals<T> {
  readonly items: T[] = [];
  private readonly listeners = new Set<(item: T) => void>();

  add(item: T): void {
    this.items.push(item);
    for (const listener of [...this.listeners]) listener(item);
  }

  /**
   * Resolves to the first item, already there or still to come, that fits.
   * Rejects after `timeoutMs` with a count of what did arrive.
   */
  waitFor(fits: (item: T) => boolean, timeoutMs = 10_000): Promise<T> {
    const present = this.items.find(fits);
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const listener = (item: T) => {
        if (!fits(item)) return;
        finish();
        resolve(item);
      };
      const timer = setTimeout(() => {
        finish();
        reject(
          new Error(`Nothing that fits arrived within ${timeoutMs} ms, of ${this.items.length} arrivals`),
        );
      }, timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        this.listeners.delete(listener);
      };
      this.listeners.add(listener);
    });
  }

  /** Resolves to all items once there are at least `count`; rejects after `timeoutMs`. */
  async waitForCount(count: number, timeoutMs = 10_000): Promise<T[]> {
    if (this.items.length < count) await this.waitFor(() => this.items.length >= count, timeoutMs);
    return this.items;
  }
}
