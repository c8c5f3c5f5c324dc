import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import {
  type Endpoint,
  isAddress,
  OutboundAllowList,
  plainHost,
  specialHost,
  specialRange,
} from '../domain/address-guard.js';
import { type OutboundError, OutboundFailure, outboundErrorOf } from './outbound-error.js';

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

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface OutboundRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** How a call ended: with a status, or with the reason why there was none. */
export interface OutboundResult {
  status: number | null;
  error: OutboundError | null;
  retryAfter: string | undefined;
  durationMs: number;
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

  constructor(
    allow: readonly string[],
    private readonly resolve: Resolve = resolveBySystem,
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
      headersTimeout: this.limits.totalMs,
      bodyTimeout: this.limits.totalMs,
      keepAliveTimeout: 10_000,
    });
  }

  /** Sends a request; never throws. */
  async send({ method, url, headers, body }: OutboundRequest): Promise<OutboundResult> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(this.limits.totalMs);
    const durationMs = () => Math.round(performance.now() - startedAt);
    try {
      const answer = await request(url, { dispatcher: this.agent, method, headers, body, signal });
      await this.discard(answer.body, signal);
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        error: null,
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        durationMs: durationMs(),
      };
    } catch (error) {
      const reason = signal.aborted ? 'timeout' : outboundErrorOf(error);
      return { status: null, error: reason, retryAfter: undefined, durationMs: durationMs() };
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
      return firstSpecial(await this.lookUp(endpoint.host));
    } catch {
      return null;
    }
  }

  /** Closes the connections; calls that still run are cut and end as `connection_lost`. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private readonly connect: buildConnector.connector = (options, callback) => {
    const host = plainHost(options.hostname);
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    this.checkedAddresses({ host, port }).then(
      (addresses) => this.connectToFirst(addresses, options, callback),
      (error: Error) => callback(error, null),
    );
  };

  /** Tries the addresses in turn as long as they refuse at once; one that stays silent ends the matter. */
  private connectToFirst(
    [address = '', ...others]: readonly string[],
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): void {
    this.connectTo({ ...options, hostname: address }, (...result) => {
      const [error] = result;
      const silent = error !== null && outboundErrorOf(error) === 'connect_timeout';
      if (error === null || silent || others.length === 0) callback(...result);
      else this.connectToFirst(others, options, callback);
    });
  }

  private async checkedAddresses(endpoint: Endpoint): Promise<readonly string[]> {
    const open = this.allowed.opens(endpoint);
    if (!open && specialHost(endpoint.host) !== null) throw new OutboundFailure('address_refused');
    if (isAddress(endpoint.host)) return [endpoint.host];
    const addresses = await this.lookUp(endpoint.host);
    if (!open && firstSpecial(addresses) !== null) throw new OutboundFailure('address_refused');
    if (addresses.length === 0) throw new OutboundFailure('host_not_found');
    return addresses;
  }

  /** Resolves a name, once for all who ask at the same time: a slow name server is asked by one thread only. */
  private lookUp(host: string): Promise<readonly string[]> {
    const running = this.lookups.get(host);
    if (running) return running;
    const started = withinMs(this.resolve(host), this.limits.connectMs).finally(() =>
      this.lookups.delete(host),
    );
    this.lookups.set(host, started);
    return started;
  }

  /** Reads an answer's body to its limit, so that the connection can be used again; its end does not matter. */
  private async discard(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<void> {
    await body.dump({ limit: this.limits.readBytes, signal }).catch(() => undefined);
  }
}

function firstSpecial(addresses: readonly string[]): string | null {
  return addresses.map(specialRange).find((range) => range !== null) ?? null;
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}

function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutboundFailure('connect_timeout')), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
