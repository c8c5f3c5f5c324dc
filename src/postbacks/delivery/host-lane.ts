import { type Demand, type DueDelivery, receiverOf } from './due-deliveries.js';

/** Calls to one host that run at once (rule 5.3). */
const AT_ONCE = 4;
/** A host that did not even take the last connection gets one call at a time. */
const AT_ONCE_WHEN_DEAD = 1;
/** Deliveries that are held ready, and the number below which more are fetched. */
const FULL = 128;
const LOW = 32;

/** The deliveries of one leased host: some wait, some are on their way, some wait to be recorded. */
export class HostLane {
  private readonly waiting: DueDelivery[] = [];
  /** Fetched and not yet recorded. */
  private readonly known = new Set<string>();
  private calls = 0;
  private dead = false;
  /** Whether the last fetch found as much as was asked for. */
  private more = true;

  constructor(readonly host: string) {}

  /** Whether nothing waits, runs, or is yet to be recorded. */
  get idle(): boolean {
    return this.known.size === 0;
  }

  /** Whether the next round should look for more. */
  get wantsFetch(): boolean {
    return this.waiting.length < LOW;
  }

  /** Whether a round is worth while for this host alone: few are left and there were more. */
  get hungry(): boolean {
    return this.more && this.wantsFetch;
  }

  /** What to fetch. */
  get demand(): Demand {
    return { host: this.host, room: FULL - this.waiting.length, known: [...this.known] };
  }

  /** Takes what a fetch found. */
  add(deliveries: readonly DueDelivery[], asked: number): void {
    this.more = deliveries.length === asked;
    for (const delivery of deliveries) {
      this.known.add(delivery.id);
      this.waiting.push(delivery);
    }
  }

  /** The next delivery to send, if the host may be called now; the call counts until {@link landed}. */
  takeOff(): DueDelivery | undefined {
    if (this.calls >= (this.dead ? AT_ONCE_WHEN_DEAD : AT_ONCE)) return undefined;
    const delivery = this.waiting.shift();
    if (delivery) this.calls += 1;
    return delivery;
  }

  /** A call is over. */
  landed(connected: boolean): void {
    this.calls -= 1;
    this.dead = !connected;
  }

  /** A delivery's attempt is recorded. */
  settled(deliveryId: string): void {
    this.known.delete(deliveryId);
  }

  /** Drops what waits: for a receiver that was disabled, or, without one, all. */
  drop(receiverId?: string): void {
    const dropped = this.waiting.filter((delivery) => !receiverId || receiverOf(delivery).id === receiverId);
    for (const { id } of dropped) this.known.delete(id);
    const kept = this.waiting.filter((delivery) => !dropped.includes(delivery));
    this.waiting.splice(0, this.waiting.length, ...kept);
  }
}
