import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Clock, Config, Ids } from '../../platform/index.js';
import type { Attempt } from './attempt.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { AttemptSender } from './attempt-sender.js';
import { DueDeliveries, receiverIdOf } from './due-deliveries.js';
import { HostLane } from './host-lane.js';

/** Hosts that one process serves at once. */
const MAX_HOSTS = 1_000;
const RENEW_AFTER_MS = 15_000;
const POLL_MS = 1_000;
/** Attempts that are recorded in one transaction, at most. */
const BATCH = 2_000;
/** What a transaction costs hardly depends on how many it holds: while calls run, attempts gather for so long. */
const GATHER_MS = 50;
/** Of the 25 s that a stop may take. */
const WAIT_FOR_CALLS_MS = 5_000;

/**
 * Sends what is due (rule 5.3). The process leases hosts; each host has its own lane, so that a slow or dead one holds
 * up nobody else. A round claims hosts, fills lanes and gives idle ones back; sending goes on between the rounds.
 */
@Injectable()
export class DeliveryEngine implements BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryEngine.name);
  private readonly holder: string;
  private readonly lanes = new Map<string, HostLane>();
  /** Deliveries that are on their way or yet to be recorded, and who waits until there are none. */
  private flights = 0;
  private readonly landed: Attempt[] = [];
  private recording = false;
  private waiting: (() => void)[] = [];
  private round: Promise<void> | null = null;
  private again = false;
  /** Whether the next round shall look for hosts too, or only fill the lanes that there are. */
  private claims = false;
  /** Receivers that were changed since the last read began: what it found of them may be as it was before. */
  private readonly changed = new Set<string>();
  private stopping = false;
  private renewedAt = 0;

  constructor(
    private readonly due: DueDeliveries,
    private readonly sender: AttemptSender,
    private readonly recorder: AttemptRecorder,
    private readonly clock: Clock,
    private readonly config: Config,
    ids: Ids,
  ) {
    this.holder = ids.next();
  }

  /** Looks for due deliveries; every second, so that nothing depends on a wake-up that got lost. */
  @Interval('postbacks.poll', POLL_MS)
  async poll(): Promise<void> {
    await this.wake();
  }

  /** Looks for due deliveries now and begins to send them; resolves when they are on their way. */
  async wake(): Promise<void> {
    this.claims = true;
    this.nextRound();
    await this.round;
  }

  /** Has what is held for a receiver read again, for it was changed: from now on it is sent as it is now, or not at all. */
  forget(receiverId: string): void {
    this.changed.add(receiverId);
    for (const lane of this.lanes.values()) lane.drop(receiverId);
    void this.wake();
  }

  /** Sends everything that is due now; resolves when it is recorded. */
  async drain(): Promise<void> {
    do {
      await this.wake();
      await this.allLanded();
    } while (this.lanes.size > 0 && !this.stopping);
  }

  /**
   * Begins nothing more, lets running calls end, cuts those that take too long, records them all, and gives the
   * hosts back.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.round;
    for (const lane of this.lanes.values()) lane.drop();
    const enough = new AbortController();
    const patience = wait(WAIT_FOR_CALLS_MS, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.allLanded(), patience]);
    enough.abort();
    await this.sender.close();
    await this.allLanded();
    if (this.lanes.size === 0) return;
    await this.due.release(this.holder, [...this.lanes.values()], this.clock.now()).catch(() => undefined);
  }

  /** Has a round begin, or follow the one that runs. */
  private nextRound(): void {
    if (!this.config.worker || this.stopping) return;
    this.again = true;
    this.round ??= this.rounds();
  }

  private allLanded(): Promise<void> {
    return this.flights === 0 ? Promise.resolve() : new Promise((done) => this.waiting.push(done));
  }

  private async rounds(): Promise<void> {
    try {
      while (this.again && !this.stopping) {
        this.again = false;
        await this.oneRound();
      }
    } catch (error) {
      // The next poll tries again; what is on its way is not touched.
      this.logger.error({ err: error }, 'Looking for due postbacks failed');
    } finally {
      this.round = null;
    }
  }

  private async oneRound(): Promise<void> {
    await this.keepLeases();
    if (this.claims) await this.claim();
    for (const lane of this.lanes.values()) lane.refresh(performance.now());
    await this.fill([...this.lanes.values()].filter((lane) => lane.wantsFetch));
    await this.giveBack([...this.lanes.values()].filter((lane) => lane.idle));
    for (const lane of this.lanes.values()) this.launch(lane);
  }

  private async claim(): Promise<void> {
    this.claims = false;
    const free = MAX_HOSTS - this.lanes.size;
    for (const { host, failures } of await this.due.claimHosts(this.holder, this.clock.now(), free)) {
      if (!this.lanes.has(host)) this.lanes.set(host, new HostLane(host, this.lanes, failures));
    }
  }

  private async keepLeases(): Promise<void> {
    const now = this.clock.now().getTime();
    if (this.lanes.size === 0 || Math.abs(now - this.renewedAt) < RENEW_AFTER_MS) return;
    this.renewedAt = now;
    const kept = await this.due.renew(this.holder, [...this.lanes.keys()], new Date(now));
    for (const [host, lane] of this.lanes) {
      if (kept.has(host)) continue;
      lane.drop();
      this.lanes.delete(host);
    }
  }

  private async fill(lanes: readonly HostLane[]): Promise<void> {
    if (lanes.length === 0) return;
    const demands = lanes.map((lane) => lane.demand);
    this.changed.clear();
    const read = await this.due.load(demands, this.clock.now());
    const found = Map.groupBy(
      read.filter((delivery) => !this.changed.has(receiverIdOf(delivery))),
      ({ host }) => host,
    );
    lanes.forEach((lane, index) => lane.add(found.get(lane.host) ?? [], demands[index]!.room));
  }

  private async giveBack(lanes: readonly HostLane[]): Promise<void> {
    if (lanes.length === 0) return;
    for (const { host } of lanes) this.lanes.delete(host);
    await this.due.release(this.holder, lanes, this.clock.now());
  }

  private launch(lane: HostLane): void {
    while (!this.stopping) {
      const delivery = lane.takeOff(performance.now());
      if (!delivery) break;
      this.flights += 1;
      this.sender.send(delivery, (attempt) => this.land(lane, attempt));
    }
    if (lane.hungry) this.nextRound();
  }

  private land(lane: HostLane, attempt: Attempt): void {
    this.landed.push(attempt);
    lane.landed(attempt);
    // When the connection that the answer came by is free again: the next call need not wait in the pool's queue.
    queueMicrotask(() => this.launch(lane));
    if (!this.recording) void this.record();
  }

  /** Records what has landed: while one batch is committed, the next one gathers. */
  private async record(): Promise<void> {
    this.recording = true;
    while (this.landed.length > 0) {
      if (this.landed.length < Math.min(this.flights, BATCH)) await wait(GATHER_MS);
      const attempts = this.landed.splice(0, BATCH);
      this.settle(attempts, await this.recorder.record(attempts));
    }
    this.recording = false;
  }

  private settle(attempts: readonly Attempt[], disabled: ReadonlySet<string>): void {
    for (const receiverId of disabled) this.forget(receiverId);
    for (const { delivery } of attempts) this.lanes.get(delivery.host)?.settled(delivery.id);
    if ([...this.lanes.values()].some((lane) => lane.idle)) this.nextRound();
    this.flights -= attempts.length;
    if (this.flights === 0) for (const done of this.waiting.splice(0)) done();
  }
}
