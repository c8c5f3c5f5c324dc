import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';

const TABLES: readonly HeldTable[] = [
  { table: 'campaigns', file: 'campaigns', onErasure: 'anonymised' },
  { table: 'promos', file: 'promos', onErasure: 'anonymised' },
  {
    table: 'link_codes',
    file: 'promos',
    onErasure: 'kept',
    keptBecause: 'they stand in published links, which lead on and must never lead to somebody else',
  },
  {
    table: 'promo_impressions',
    file: 'impressions-by-day',
    onErasure: 'kept',
    keptBecause: 'counts by promo and day, which tell of no person',
  },
];

const CAMPAIGNS = `
  SELECT id, name, state, brand_id AS "brandId", commission_plan_id AS "commissionPlanId", created_at AS "createdAt"
    FROM campaigns WHERE partner_id = $1 ORDER BY id`;

const PROMOS = `
  SELECT id, campaign_id AS "campaignId", code,
         ARRAY (SELECT former.code FROM link_codes former
                 WHERE former.promo_id = promos.id AND former.code <> promos.code ORDER BY 1) AS "formerCodes",
         title, traffic_source_id AS "trafficSourceId",
         landing_id AS "landingId", targets, media_id AS "mediaId", created_at AS "createdAt"
    FROM promos WHERE partner_id = $1 ORDER BY id`;

const IMPRESSIONS = `
  SELECT day::text, campaign_id AS "campaignId", promo_id AS "promoId", people::int AS impressions
    FROM promo_impressions JOIN promos ON promos.id = promo_id WHERE partner_id = $1 ORDER BY 1, 2, 3`;

/** Campaigns and promos. After an erasure they are archived and without the names given to them; links lead on. */
@Injectable()
export class CampaignsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'campaigns',
      tables: TABLES,
      files: {
        campaigns: (tx, partnerId) => readRows(tx, CAMPAIGNS, [partnerId]),
        promos: (tx, partnerId) => readRows(tx, PROMOS, [partnerId]),
        'impressions-by-day': (tx, partnerId) => readRows(tx, IMPRESSIONS, [partnerId]),
      },
      erase,
    });
  }
}

async function erase(tx: Tx, partnerId: string): Promise<'done'> {
  await tx.query(`UPDATE campaigns SET name = 'Erased campaign', state = 'archived' WHERE partner_id = $1`, [
    partnerId,
  ]);
  await tx.query(`UPDATE promos SET title = 'Erased promo' WHERE partner_id = $1`, [partnerId]);
  return 'done';
}
