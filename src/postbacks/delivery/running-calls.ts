/** What links a call to its neighbours; both null while it is in no list. */
export interface Linked<T> {
  before: T | null;
  after: T | null;
}

/**
 * Calls that run, in the order in which they began. Links that go with their call, because thousands come and go each
 * second: each outgrown table of a `Set` points to the next one and to what that held, so once one of them is old, all
 * later calls stay in memory until the next full collection, with all that they hold.
 */
export class RunningCalls<T extends Linked<T>> implements Iterable<T> {
  private first: T | null = null;
  private last: T | null = null;

  /** Adds a call that begins now. */
  add(call: T): void {
    call.before = this.last;
    if (this.last) this.last.after = call;
    else this.first = call;
    this.last = call;
  }

  /** Takes out a call that is in the list. */
  remove(call: T): void {
    const { before, after } = call;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    call.before = null;
    call.after = null;
  }

  /** From the one that began first; each may be removed while it is looked at. */
  *[Symbol.iterator](): Iterator<T> {
    let call = this.first;
    while (call) {
      const { after } = call;
      yield call;
      call = after;
    }
  }
}
