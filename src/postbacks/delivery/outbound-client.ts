import { performance } from 'node:perf_hooks';
import { Agent, buildConnector } from 'undici';
import {
  type Endpoint,
  isAddress,
  OutboundAllowList,
  plainHost,
  specialHost,
  specialRange,
} from '../domain/address-guard.js';
import { type Resolve, resolveName } from './name-resolution.js';
import { OutboundCall, type OutboundResult } from './outbound-call.js';
import { OutboundFailure } from './outbound-error.js';
import { RunningCalls } from './running-calls.js';

/** Limits of a call (rule 5.3). */
export interface OutboundLimits {
  connectMs: number;
  totalMs: number;
  /** Bytes of an answer that are read at most. */
  readBytes: number;
  /** Connections to one host. */
  connections: number;
}

const LIMITS: OutboundLimits = { connectMs: 5_000, totalMs: 15_000, readBytes: 128 * 1_024, connections: 4 };

export interface OutboundRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/**
 * Calls addresses that strangers chose. Every connection is made to an address that was checked just before, also
 * when the URL holds an address instead of a name; one special address among several refuses them all (rule 5.4).
 * Redirects are not followed, answers not unpacked.
 */
export class OutboundClient {
  private readonly allowed: OutboundAllowList;
  private readonly limits: OutboundLimits;
  private readonly agent: Agent;
  private readonly connectTo: buildConnector.connector;
  private readonly lookups = new Map<string, Promise<readonly string[]>>();
  private readonly calls = new RunningCalls<OutboundCall>();
  private watch: NodeJS.Timeout | null = null;

  constructor(
    allow: readonly string[],
    private readonly resolve: Resolve = resolveName,
    limits: Partial<OutboundLimits> = {},
  ) {
    this.allowed = new OutboundAllowList(allow);
    this.limits = { ...LIMITS, ...limits };
    this.connectTo = buildConnector({ timeout: this.limits.connectMs, allowH2: false });
    this.agent = new Agent({
      connect: this.connect,
      connections: this.limits.connections,
      pipelining: 1,
      allowH2: false,
      // The watch below ends calls that take too long.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 10_000,
    });
  }

  /** Sends a request and tells once, later, how it ended; never throws. */
  send({ method, url, headers, body }: OutboundRequest, done: (result: OutboundResult) => void): void {
    const call = new OutboundCall(this.limits.readBytes, (ended, result) => {
      this.calls.remove(ended);
      done(result);
    });
    this.calls.add(call);
    this.watch ??= this.watchFor(this.limits.totalMs);
    try {
      const { origin, pathname, search } = new URL(url);
      this.agent.dispatch({ origin, path: pathname + search, method, headers, body }, call);
    } catch (error) {
      queueMicrotask(() => call.fail(error));
    }
  }

  /**
   * Why calls to an endpoint would be refused now, or null. A name that cannot be resolved now is not refused: every
   * connection is checked again.
   */
  async refusal(endpoint: Endpoint): Promise<string | null> {
    if (this.allowed.opens(endpoint)) return null;
    const special = specialHost(endpoint.host);
    if (special !== null || isAddress(endpoint.host)) return special;
    try {
      return firstSpecial(await this.lookUp(endpoint.host, false));
    } catch {
      return null;
    }
  }

  /** Whether `OUTBOUND_ALLOW` opens an endpoint, private or not. */
  opens(endpoint: Endpoint): boolean {
    return this.allowed.opens(endpoint);
  }

  /** Closes the connections; calls that still run are cut and end as `connection_lost`. */
  async close(): Promise<void> {
    await this.agent.destroy();
    clearTimeout(this.watch ?? undefined);
  }

  private readonly connect: buildConnector.connector = (options, callback) => {
    const host = plainHost(options.hostname);
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    this.checkedAddresses({ host, port }).then(
      (addresses) => this.connectToFirst(addresses, performance.now(), options, callback),
      (error: Error) => callback(error, null),
    );
  };

  /** Tries the addresses in turn as long as they refuse; whoever stays silent, or all together for long, ends it. */
  private connectToFirst(
    [address = '', ...others]: readonly string[],
    since: number,
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): void {
    this.connectTo({ ...options, hostname: address }, (...result) => {
      const late = performance.now() - since >= this.limits.connectMs;
      if (result[0] === null || late || others.length === 0) callback(...result);
      else this.connectToFirst(others, since, options, callback);
    });
  }

  private async checkedAddresses(endpoint: Endpoint): Promise<readonly string[]> {
    const open = this.allowed.opens(endpoint);
    if (!open && specialHost(endpoint.host) !== null) throw new OutboundFailure('address_refused');
    if (isAddress(endpoint.host)) return [endpoint.host];
    const addresses = await this.lookUp(endpoint.host, open);
    if (!open && firstSpecial(addresses) !== null) throw new OutboundFailure('address_refused');
    if (addresses.length === 0) throw new OutboundFailure('host_not_found');
    return addresses;
  }

  /** Resolves a name, once for all who ask at the same time. */
  private lookUp(host: string, open: boolean): Promise<readonly string[]> {
    const key = `${host} ${open}`;
    const running = this.lookups.get(key);
    if (running) return running;
    const { connectMs } = this.limits;
    const started = withinMs(this.resolve(host, open), connectMs).finally(() => this.lookups.delete(key));
    this.lookups.set(key, started);
    return started;
  }

  /** One timer for all: calls have one limit, so they run out of time in the order in which they began. */
  private watchFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      for (const call of this.calls) {
        const leftMs = this.limits.totalMs - call.lastedMs;
        if (leftMs > 0) {
          this.watch = this.watchFor(leftMs);
          return;
        }
        call.cut();
      }
      this.watch = null;
    }, ms).unref();
  }
}

function firstSpecial(addresses: readonly string[]): string | null {
  return addresses.map(specialRange).find((range) => range !== null) ?? null;
}

function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutboundFailure('connect_timeout')), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
