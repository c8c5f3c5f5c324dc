import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuseBackwards } from '../../../platform/index.js';
import { getAdCampaign } from '../ad-campaign-rows.js';
import type { AdStatisticsDto, AdStatisticsQuery } from './ad-statistics.dto.js';

/** How often the ads of a campaign were shown and clicked (O06). */
@Injectable()
export class AdStatistics {
  constructor(private readonly dataSource: DataSource) {}

  /** By UTC day and ad, oldest first. @throws DomainError NOT_FOUND, VALIDATION_FAILED (400) for `to` before `from` */
  async of(partnerId: string, campaignId: string, { from, to }: AdStatisticsQuery): Promise<AdStatisticsDto> {
    refuseBackwards({ from, to });
    await getAdCampaign(this.dataSource, partnerId, campaignId);
    const rows = await this.dataSource.query<
      { day: string; adId: string; renders: string; clicks: string }[]
    >(
      `SELECT day::text, ad_id AS "adId", renders, clicks FROM ad_campaign_days
        WHERE campaign_id = $1 AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)
          AND renders + clicks > 0
        ORDER BY day, ad_id`,
      [campaignId, from ?? null, to ?? null],
    );
    const items = rows.map((row) => ({ ...row, renders: Number(row.renders), clicks: Number(row.clicks) }));
    const sum = (count: 'renders' | 'clicks'): number =>
      items.reduce((total, item) => total + item[count], 0);
    return { items, totals: { renders: sum('renders'), clicks: sum('clicks') } };
  }
}
