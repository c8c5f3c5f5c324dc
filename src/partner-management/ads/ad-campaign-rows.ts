import type { DataSource, EntityManager } from 'typeorm';
import { notFound } from '../../platform/index.js';
import type { AdCampaignDto, TargetingDto } from './ad-campaigns.dto.js';

interface Row extends Omit<AdCampaignDto, 'targeting' | 'impressions' | 'left' | 'served'>, TargetingDto {
  partnerId: string;
  impressions: string;
  left: string;
  served: string;
}

const SELECT = `
  SELECT c.id, c.partner_id AS "partnerId", c.name, c.state, c.paused_by AS "pausedBy", c.impressions,
         c.left_impressions AS "left", c.served, c.starts_at AS "startsAt", c.ends_at AS "endsAt", c.countries,
         c.languages, c.platforms, c.placements, c.created_at AS "createdAt", c.launched_at AS "launchedAt",
         c.ended_at AS "endedAt",
         ARRAY(SELECT ad_id FROM ad_campaign_ads WHERE campaign_id = c.id ORDER BY ad_id) AS "adIds"
    FROM ad_campaigns c`;

/** Ad campaigns that fulfil the conditions on `c`, with what else the statement says. */
export async function selectAdCampaigns(
  db: EntityManager | DataSource,
  rest: string,
  parameters: unknown[],
): Promise<AdCampaignDto[]> {
  return (await db.query<Row[]>(`${SELECT} ${rest}`, parameters)).map(toDto);
}

/** @throws DomainError NOT_FOUND, also for another partner's */
export async function getAdCampaign(
  db: EntityManager | DataSource,
  partnerId: string,
  id: string,
): Promise<AdCampaignDto> {
  const [campaign] = await selectAdCampaigns(db, 'WHERE c.id = $1 AND c.partner_id = $2', [id, partnerId]);
  if (!campaign) throw notFound('ad campaign');
  return campaign;
}

function toDto({ partnerId: _, countries, languages, platforms, placements, ...row }: Row): AdCampaignDto {
  return {
    ...row,
    impressions: Number(row.impressions),
    left: Number(row.left),
    served: Number(row.served),
    targeting: { countries, languages, platforms, placements },
  };
}
