import { Injectable } from '@nestjs/common';
import { notFound, type Tx, UserAgents } from '../../../platform/index.js';
import { AdDays } from './ad-days.js';
import { AdTokens, CLICK_WITHIN_SECONDS } from './ad-tokens.js';

/** Counts clicks on ads and leads on to where the approved ad leads (O06). */
@Injectable()
export class AdClicks {
  constructor(
    private readonly tokens: AdTokens,
    private readonly userAgents: UserAgents,
    private readonly days: AdDays,
  ) {}

  /**
   * Counts the first click of the token.
   * @returns where the ad leads, as it was approved and given out: nothing that the request says decides that
   * @throws DomainError INVALID_AD_TOKEN (400), AD_TOKEN_EXPIRED (409), NOT_FOUND when the ad is not shown any more
   */
  async follow(tx: Tx, token: string, userAgent: string | null): Promise<string> {
    const { tokenId, campaignId, adId, revision } = this.tokens.read(token, CLICK_WITHIN_SECONDS);
    const [ad] = await tx.query<{ clickUrl: string }[]>(
      `SELECT a.click_url AS "clickUrl" FROM ads a JOIN partners p ON p.id = a.partner_id AND p.state = 'active'
        WHERE a.id = $1 AND a.revision = $2 AND a.state = 'approved'`,
      [adId, revision],
    );
    if (!ad) throw notFound('ad');
    const first = await tx.query<unknown[]>(
      'INSERT INTO ad_clicks (token_id, campaign_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING token_id',
      [tokenId, campaignId],
    );
    if (first.length > 0) {
      const count = this.userAgents.isBot(userAgent) ? 'botClicks' : 'clicks';
      await this.days.add(tx, [{ campaignId, adId, count }]);
    }
    return ad.clickUrl;
  }
}
