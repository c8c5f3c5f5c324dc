import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import { type OutboundError, OutboundFailure, outboundErrorOf } from './outbound-error.js';
import type { Linked } from './running-calls.js';

/** How a call ended: with a status, or with the reason why there was none. */
export interface OutboundResult {
  status: number | null;
  error: OutboundError | null;
  retryAfter: string | undefined;
  durationMs: number;
}

/**
 * One call to an address that a stranger chose. Nothing of the answer's body is kept; reading ends at the limit, and
 * from the status on the answer's end does not matter.
 */
export class OutboundCall implements Dispatcher.DispatchHandler, Linked<OutboundCall> {
  before: OutboundCall | null = null;
  after: OutboundCall | null = null;
  private readonly startedAt = performance.now();
  private controller: Dispatcher.DispatchController | null = null;
  private status: number | null = null;
  private retryAfter: string | undefined;
  private readBytes = 0;
  private over = false;

  /** @param done told once how the call ended */
  constructor(
    private readonly limitBytes: number,
    private readonly done: (call: OutboundCall, result: OutboundResult) => void,
  ) {}

  /** Milliseconds since the call began. */
  get lastedMs(): number {
    return performance.now() - this.startedAt;
  }

  /** Ends the call now, whatever it waits for: an answer without its end still counts. */
  cut(): void {
    this.end(this.status === null ? 'timeout' : null);
    this.controller?.abort(new OutboundFailure('timeout'));
  }

  /** Ends a call that could not be made. */
  fail(error: unknown): void {
    this.end(outboundErrorOf(error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It was cut while it waited for a connection.
    if (this.over) controller.abort(new OutboundFailure('timeout'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim answers say nothing.
    if (status < 200) return;
    this.status = status;
    const retryAfter = headers['retry-after'];
    this.retryAfter = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.readBytes += chunk.length;
    if (this.readBytes <= this.limitBytes) return;
    this.end(null);
    controller.abort(new OutboundFailure('connection_lost'));
  }

  onResponseEnd(): void {
    this.end(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(this.status === null ? outboundErrorOf(error) : null);
  }

  private end(error: OutboundError | null): void {
    if (this.over) return;
    this.over = true;
    const { status, retryAfter } = this;
    this.done(this, { status, error, retryAfter, durationMs: Math.round(this.lastedMs) });
  }
}
