import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../../../platform/index.js';
import { AdAddresses } from '../ad-addresses.js';
import { type AdRow, SELECT_ADS, shownCreative } from '../ad-rows.js';
import { type Candidate, draw } from '../domain/rotation.js';
import { AdTokens } from './ad-tokens.js';
import type { ServedAdDto, ServeQuery } from './ad-serving.dto.js';

interface Choice extends Candidate {
  campaignId: string;
  adId: string;
  revision: number;
}
type ChoiceRow = Omit<Choice, 'left'> & { left: string };

const RANDOM_STEPS = 2 ** 47;

/**
 * Ads that may be shown now: approved ones, of running campaigns of active partners with impressions left, for whom the
 * campaign aims at. An ad of a campaign that has several stands for its share of the campaign.
 */
const CHOICES = `
  SELECT c.id AS "campaignId", a.id AS "adId", a.revision, c.left_impressions AS "left", c.ends_at AS "endsAt"
    FROM ad_campaigns c
    JOIN partners p ON p.id = c.partner_id AND p.state = 'active'
    JOIN ad_campaign_ads of_campaign ON of_campaign.campaign_id = c.id
    JOIN ads a ON a.id = of_campaign.ad_id AND a.state = 'approved' AND a.format = $2
    LEFT JOIN ad_files image ON image.id = a.image_id
   WHERE c.state = 'running' AND (c.starts_at IS NULL OR c.starts_at <= $1) AND (c.ends_at IS NULL OR c.ends_at > $1)
     AND (c.countries = '{}' OR $3 = ANY (c.countries)) AND (c.languages = '{}' OR $4 = ANY (c.languages))
     AND (c.platforms = '{}' OR $5 = ANY (c.platforms)) AND (c.placements = '{}' OR $6 = ANY (c.placements))
     AND ($7::int IS NULL OR image.width = $7) AND ($8::int IS NULL OR image.height = $8)
   ORDER BY c.id, a.id`;

/** Gives ads out (O06). What it reads is the present: an ad that was just changed or taken down is not among it. */
@Injectable()
export class AdServer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: AdTokens,
    private readonly addresses: AdAddresses,
    private readonly clock: Clock,
  ) {}

  /** An ad for the place; null when there is none. */
  async serve(query: ServeQuery): Promise<ServedAdDto | null> {
    const now = this.clock.now();
    const chosen = draw(await this.choices(query, now), now, randomInt(RANDOM_STEPS) / RANDOM_STEPS);
    if (!chosen) return null;
    const [ad] = await this.dataSource.query<AdRow[]>(
      `${SELECT_ADS} WHERE a.id = $1 AND a.revision = $2 AND a.state = 'approved'`,
      [chosen.adId, chosen.revision],
    );
    if (!ad) return null;
    const { token, expiresAt } = this.tokens.issue(chosen);
    return {
      token,
      expiresAt,
      format: ad.format,
      creative: shownCreative(ad, this.addresses.fileForViewers),
      clickUrl: this.addresses.click(token),
      renderUrl: this.addresses.render(token),
    };
  }

  private async choices(query: ServeQuery, now: Date): Promise<Choice[]> {
    const { format, country, language, platform, placement, width, height } = query;
    const rows = await this.dataSource.query<ChoiceRow[]>(CHOICES, [
      now,
      format,
      country ?? null,
      language ?? null,
      platform ?? null,
      placement ?? null,
      width ?? null,
      height ?? null,
    ]);
    return withShares(rows.map((row) => ({ ...row, left: Number(row.left) })));
  }
}

/** A campaign's weight is shared among its ads, so that more ads of one do not make it come up more often. */
function withShares(choices: Choice[]): Choice[] {
  const ads = new Map<string, number>();
  for (const { campaignId } of choices) ads.set(campaignId, (ads.get(campaignId) ?? 0) + 1);
  return choices.map((choice) => ({ ...choice, left: choice.left / ads.get(choice.campaignId)! }));
}
