import { restMs } from '../domain/host-rest.js';
import { type Demand, type DueDelivery, receiverOf } from './due-deliveries.js';

/** Calls to one host that run at once (rule 5.3). */
const AT_ONCE = 4;
/** A host that did not answer the last call gets one at a time. */
const AT_ONCE_WHEN_SILENT = 1;
/** Deliveries that are held ready: few at first, more for a host that has more and uses them up. */
const HELD_AT_FIRST = 64;
const HELD_AT_MOST = 512;
/** For all hosts together: after an outage long queues wait everywhere, and memory must hold what was fetched of them. */
const HELD_ALTOGETHER = 16_384;
/** Share of them below which a host asks for more, and below which it gets more when another one asks. */
const HUNGRY = 0.2;
const NOT_FULL = 0.6;

/** The deliveries of one leased host: some wait, some are on their way, some wait to be recorded. */
export class HostLane {
  private readonly waiting: DueDelivery[] = [];
  /** Fetched and not yet recorded. */
  private readonly known = new Set<string>();
  private calls = 0;
  /** Whether the last fetch found as much as was asked for. */
  private more = true;
  private rest: number | null = null;
  private wanted = HELD_AT_FIRST;

  /**
   * @param lanes those of all hosts that the process serves
   * @param failed calls in a row that had reached nobody when the host was leased
   */
  constructor(
    readonly host: string,
    private readonly lanes: { readonly size: number },
    private failed = 0,
  ) {}

  /** Whether nothing waits, runs, or is yet to be recorded. */
  get idle(): boolean {
    return this.known.size === 0;
  }

  /** Calls in a row that reached nobody. */
  get failures(): number {
    return this.failed;
  }

  /** How long the host shall be left alone from now on, in ms; null while it is called. */
  get restMs(): number | null {
    return this.rest;
  }

  /** Whether the next round should look for more. */
  get wantsFetch(): boolean {
    return this.rest === null && this.waiting.length < this.held * NOT_FULL;
  }

  /** Whether a round is worth while for this host alone: few are left and there were more. */
  get hungry(): boolean {
    return this.more && this.rest === null && this.waiting.length < this.held * HUNGRY;
  }

  /** What to fetch. */
  get demand(): Demand {
    return { host: this.host, room: Math.max(0, this.held - this.waiting.length), known: [...this.known] };
  }

  /** How many deliveries are to be held ready. */
  private get held(): number {
    return Math.min(this.wanted, Math.ceil(HELD_ALTOGETHER / this.lanes.size));
  }

  /** Takes what a fetch found, unless the host rests by now. */
  add(deliveries: readonly DueDelivery[], asked: number): void {
    if (this.rest !== null) return;
    this.more = deliveries.length === asked;
    if (deliveries.length > 0 && this.hungry) this.wanted = Math.min(2 * this.wanted, HELD_AT_MOST);
    for (const delivery of deliveries) {
      this.known.add(delivery.id);
      this.waiting.push(delivery);
    }
  }

  /** The next delivery to send, if the host may be called now; the call counts until {@link landed}. */
  takeOff(): DueDelivery | undefined {
    if (this.calls >= (this.failed > 0 ? AT_ONCE_WHEN_SILENT : AT_ONCE)) return undefined;
    const delivery = this.waiting.shift();
    if (delivery) this.calls += 1;
    return delivery;
  }

  /** A call is over; after too many that reached nobody the host rests, and what waits is left in the queue. */
  landed(connected: boolean): void {
    this.calls -= 1;
    this.failed = connected ? 0 : this.failed + 1;
    this.rest = restMs(this.failed);
    if (this.rest !== null) this.drop();
  }

  /** A delivery's attempt is recorded. */
  settled(deliveryId: string): void {
    this.known.delete(deliveryId);
  }

  /** Drops what waits: for a receiver that was disabled, or, without one, all. */
  drop(receiverId?: string): void {
    const all = this.waiting.splice(0);
    for (const delivery of all) {
      if (receiverId && receiverOf(delivery).id !== receiverId) this.waiting.push(delivery);
      else this.known.delete(delivery.id);
    }
  }
}
