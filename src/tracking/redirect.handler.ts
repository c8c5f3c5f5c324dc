import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter } from 'prom-client';
import { isLinkCode } from '../campaigns/index.js';
import { Clock, Ids, Metrics } from '../platform/index.js';
import { locationOf } from './click-location.js';
import { visitRow } from './copy-visits.js';
import { parseTrackedQuery } from './domain/tracked-query.js';
import { PromoTargets } from './promo-targets.js';
import { sendMethodNotAllowed, sendNotFound, sendRedirect, sendUnavailable } from './redirect-answers.js';
import type { ClickTarget } from './visit.js';
import { VisitWriter } from './visit-writer.js';
import { Visitors } from './visitors.js';

const PREFIX = '/r/';

/**
 * Answers `GET /r/{code}` (rules §2.1) straight from Node's HTTP server, before the framework: the visit is stored,
 * then the visitor is sent on. Mount it by `handles` and `handle`; the server must allow request lines of 64 KiB.
 */
@Injectable()
export class RedirectHandler {
  private readonly logger = new Logger(RedirectHandler.name);
  private readonly answered: Counter<'outcome'>;
  private readonly stored: Counter.Internal;

  constructor(
    private readonly targets: PromoTargets,
    private readonly writer: VisitWriter,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly visitors: Visitors,
    metrics: Metrics,
  ) {
    this.answered = metrics.counter('tributary_redirects_total', 'Clicks on tracking links by how they were answered', [
      'outcome',
    ]); // prettier-ignore
    this.stored = this.answered.labels('redirected');
  }

  /** Whether the request is a click on a tracking link. */
  handles(request: IncomingMessage): boolean {
    return request.url!.startsWith(PREFIX);
  }

  /** Answers a click: 302 once the visit is stored; 404, 405, or 503 with `Retry-After`. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.answered.inc({ outcome: 'refused' });
      sendMethodNotAllowed(response);
      return;
    }
    const url = request.url!;
    const mark = url.indexOf('?');
    const code = mark === -1 ? url.slice(PREFIX.length) : url.slice(PREFIX.length, mark);
    const rawQuery = mark === -1 ? '' : url.slice(mark + 1);
    const target = isLinkCode(code) ? this.targets.peek(code) : null;
    if (target === undefined) void this.lookUp(code, rawQuery, request, response);
    else this.answer(target, rawQuery, request, response);
  }

  private async lookUp(
    code: string,
    rawQuery: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      this.answer(await this.targets.findInTime(code), rawQuery, request, response);
    } catch (error) {
      this.logger.warn(`A promo could not be looked up: ${(error as Error).message}`);
      this.refuse(response);
    }
  }

  private answer(
    target: ClickTarget | null,
    rawQuery: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (!target) {
      this.answered.inc({ outcome: 'unknown' });
      sendNotFound(response);
      return;
    }
    const id = this.ids.next();
    const query = parseTrackedQuery(rawQuery);
    const visitor = this.visitors.read(request);
    const location = locationOf(target, { query, userAgent: visitor.userAgent, country: visitor.country });
    const visit = {
      id,
      target,
      visitedAt: this.clock.now(),
      visitor,
      query,
    };
    this.writer.write(visitRow(visit), (outcome) => {
      if (outcome === 'unavailable') {
        this.refuse(response);
        return;
      }
      this.stored.inc();
      sendRedirect(response, `${location.before}${id}${location.after}`, id);
    });
  }

  private refuse(response: ServerResponse): void {
    this.answered.inc({ outcome: 'unavailable' });
    sendUnavailable(response);
  }
}
