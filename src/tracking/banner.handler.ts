import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter } from 'prom-client';
import { isLinkCode } from '../campaigns/index.js';
import { Metrics, UserAgents } from '../platform/index.js';
import { readClickHeaders } from './domain/click-headers.js';
import { ImpressionCounter } from './impression-counter.js';
import { PromoTargets } from './promo-targets.js';
import { sendImage, sendMethodNotAllowed, sendNotFound, sendUnavailable } from './redirect-answers.js';
import type { ClickTarget } from './visit.js';

const PREFIX = '/b/';

/**
 * Answers `GET /b/{code}`, what the embed code of a banner fetches (A04), straight from Node's HTTP server: counts the
 * impression and sends on to the image, which browsers may keep for good. It sets no cookie and keeps nothing of who
 * asked. Without an uploaded image there is nothing to be sent on to: 404.
 */
@Injectable()
export class BannerHandler {
  private readonly logger = new Logger(BannerHandler.name);
  private readonly answered: Counter<'outcome'>;

  constructor(
    private readonly targets: PromoTargets,
    private readonly impressions: ImpressionCounter,
    private readonly userAgents: UserAgents,
    metrics: Metrics,
  ) {
    this.answered = metrics.counter('tributary_banners_total', 'Fetched banners by how they were answered', [
      'outcome',
    ]); // prettier-ignore
  }

  /** Whether the request is for a banner. */
  handles(request: IncomingMessage): boolean {
    return request.url!.startsWith(PREFIX);
  }

  /** 302 to the image; 404, 405, or 503 with `Retry-After` when the promo could not be looked up. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.answered.inc({ outcome: 'refused' });
      sendMethodNotAllowed(response);
      return;
    }
    // Whatever hangs on it is there to get past caches.
    const [code = ''] = request.url!.slice(PREFIX.length).split('?', 1);
    const target = isLinkCode(code) ? this.targets.peek(code) : null;
    if (target === undefined) void this.lookUp(code, request, response);
    else this.answer(target, request, response);
  }

  private async lookUp(code: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.answer(await this.targets.findInTime(code), request, response);
    } catch (error) {
      this.logger.warn(`A promo could not be looked up: ${(error as Error).message}`);
      this.answered.inc({ outcome: 'unavailable' });
      sendUnavailable(response);
    }
  }

  private answer(target: ClickTarget | null, request: IncomingMessage, response: ServerResponse): void {
    if (!target?.banner) {
      this.answered.inc({ outcome: 'unknown' });
      sendNotFound(response);
      return;
    }
    const { promoId, path } = target.banner;
    // Who asks for the head alone shows nothing.
    if (request.method === 'GET') {
      const { userAgent } = readClickHeaders(request.rawHeaders, null);
      this.impressions.count(promoId, this.userAgents.isBot(userAgent) ? 'bots' : 'people');
    }
    this.answered.inc({ outcome: 'shown' });
    sendImage(response, path);
  }
}
