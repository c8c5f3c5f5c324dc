import { restMs } from '../domain/host-rest.js';
import { type Attempt, isUnanswered, reachable } from './attempt.js';
import { type Demand, type DueDelivery, receiverIdOf } from './due-deliveries.js';

/** Calls to one host that run at once (rule 5.3). */
const AT_ONCE = 4;
/** A host that did not answer the last call gets one at a time; so do, together, the receivers that do not answer. */
const AT_ONCE_WHEN_SILENT = 1;
/** Deliveries that are held ready: more for a host that uses them up, fewer for one that does not while they are fresh. */
const HELD_AT_FIRST = 64;
const HELD_AT_MOST = 512;
const HELD_AT_LEAST = 8;
/** What was read longer ago is read again before it is sent: its receiver may have been changed meanwhile. */
const FRESH_MS = 1_000;
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
  /** Those of the calls that are to receivers that had not answered when they began. */
  private readonly doubtful = new Set<string>();
  /** Receivers that were called, and whether the last call to each ended without an answer. */
  private readonly unanswered = new Map<string, boolean>();
  /** Whether the last fetch found as much as was asked for. */
  private more = true;
  /** Whether what was held has been too old since the last fetch. */
  private expired = false;
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
    const usedUp = this.hungry && !this.expired;
    if (deliveries.length > 0 && usedUp) this.wanted = Math.min(2 * this.wanted, HELD_AT_MOST);
    this.expired = false;
    for (const delivery of deliveries) {
      this.known.add(delivery.id);
      this.waiting.push(delivery);
    }
  }

  /**
   * The next delivery to send, if one may go now; the call counts until {@link landed}. Receivers that do not answer
   * share one of the host's calls: they keep nobody else waiting.
   * @param now as `readAt` of deliveries
   */
  takeOff(now: number): DueDelivery | undefined {
    this.refresh(now);
    if (this.calls >= (this.failed > 0 ? AT_ONCE_WHEN_SILENT : AT_ONCE)) return undefined;
    const delivery = this.doubtful.size < AT_ONCE_WHEN_SILENT ? this.waiting.shift() : this.shiftAnswering();
    if (!delivery) return undefined;
    this.calls += 1;
    if (this.isSilent(delivery)) this.doubtful.add(delivery.id);
    return delivery;
  }

  /** A call is over; after too many that reached nobody the host rests, and what waits is left in the queue. */
  landed(attempt: Attempt): void {
    this.calls -= 1;
    this.doubtful.delete(attempt.delivery.id);
    this.unanswered.set(receiverIdOf(attempt.delivery), isUnanswered(attempt));
    this.failed = reachable(attempt) ? 0 : this.failed + 1;
    this.rest = restMs(this.failed);
    if (this.rest !== null) this.drop();
  }

  /** Leaves to the queue, to be read again, what was read too long ago. */
  refresh(now: number): void {
    if (this.waiting.length === 0 || now - this.waiting[0]!.readAt < FRESH_MS) return;
    this.drop();
    this.more = true;
    this.expired = true;
    this.wanted = Math.max(this.wanted / 2, HELD_AT_LEAST);
  }

  /** A delivery's attempt is recorded. */
  settled(deliveryId: string): void {
    this.known.delete(deliveryId);
  }

  /** Drops what waits: for a receiver that was changed or disabled, or, without one, all. */
  drop(receiverId?: string): void {
    const all = this.waiting.splice(0);
    for (const delivery of all) {
      if (receiverId && receiverIdOf(delivery) !== receiverId) this.waiting.push(delivery);
      else this.known.delete(delivery.id);
    }
  }

  private shiftAnswering(): DueDelivery | undefined {
    const index = this.waiting.findIndex((delivery) => !this.isSilent(delivery));
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0];
  }

  /** Whether the receiver of a delivery did not answer the last call; who was not called yet had failed before, or not. */
  private isSilent(delivery: DueDelivery): boolean {
    return this.unanswered.get(receiverIdOf(delivery)) ?? delivery.failing;
  }
}
