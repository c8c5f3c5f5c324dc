import { Injectable } from '@nestjs/common';
import { UnitOfWork, UserAgents } from '../../../platform/index.js';
import { rendersBusy } from '../ads.errors.js';
import type { Render, RenderOutcome } from '../domain/render-decisions.js';
import { AdTokens, RENDER_WITHIN_SECONDS } from './ad-tokens.js';
import { RenderBook } from './render-book.js';

interface Waiting {
  render: Render;
  resolve: (outcome: RenderOutcome) => void;
  reject: (error: unknown) => void;
}

const MAX_BATCH = 500;
const MAX_WAITING = 5_000;

/**
 * Confirms renders by group commit: one batch per process is written at a time, and the next one forms meanwhile. A
 * render is answered once the batch that holds it is committed. So a campaign that everybody sees costs one change of
 * its row per batch, not per render; alone, a render does not wait.
 */
@Injectable()
export class Renders {
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(
    private readonly tokens: AdTokens,
    private readonly userAgents: UserAgents,
    private readonly book: RenderBook,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Confirms that the ad of the token was shown. Whoever did not hear the answer asks again: it counts once.
   * @throws DomainError INVALID_AD_TOKEN (400), AD_TOKEN_EXPIRED (409), RENDERS_BUSY (503)
   */
  async confirm(token: string, userAgent: string | null): Promise<RenderOutcome> {
    const render = {
      ...this.tokens.read(token, RENDER_WITHIN_SECONDS),
      bot: this.userAgents.isBot(userAgent),
    };
    if (this.waiting.length >= MAX_WAITING) throw rendersBusy();
    return new Promise((resolve, reject) => {
      this.waiting.push({ render, resolve, reject });
      void this.write();
    });
  }

  private async write(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      try {
        const renders = batch.map(({ render }) => render);
        const outcomes = await this.unitOfWork.run((tx) => this.book.record(tx, renders));
        for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.writing = false;
  }
}
