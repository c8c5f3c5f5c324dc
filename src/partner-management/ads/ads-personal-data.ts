import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Attachment, type HeldTable, PersonalData } from '../../identity/index.js';
import { Clock, FileStore, readRows, StoredFiles, type Tx } from '../../platform/index.js';
import { adFileKey } from './ad-files.service.js';
import { Impressions } from './impressions.service.js';

const SHORT_LIVED = 'numbers of what was shown and followed, without anybody who saw it, for two days';
const COUNTS = 'how often ads were shown, with nothing of who made or saw them';

const TABLES: readonly HeldTable[] = [
  { table: 'impression_orders', file: 'impression-orders', onErasure: 'kept', keptBecause: COUNTS },
  { table: 'impression_accounts', file: 'impressions', onErasure: 'kept', keptBecause: COUNTS },
  { table: 'impression_movements', file: 'impressions', onErasure: 'kept', keptBecause: COUNTS },
  { table: 'ad_files', file: 'ad-files', onErasure: 'deleted' },
  { table: 'ads', file: 'ads', onErasure: 'anonymised' },
  { table: 'ad_campaigns', file: 'ad-campaigns', onErasure: 'anonymised' },
  { table: 'ad_campaign_ads', file: 'ad-campaigns', onErasure: 'kept', keptBecause: COUNTS },
  { table: 'ad_campaign_days', file: 'ad-campaign-days', onErasure: 'kept', keptBecause: COUNTS },
  { table: 'ad_renders', file: null, because: SHORT_LIVED, onErasure: 'kept', keptBecause: SHORT_LIVED },
  { table: 'ad_clicks', file: null, because: SHORT_LIVED, onErasure: 'kept', keptBecause: SHORT_LIVED },
];

const ORDERS = `
  SELECT id, package_name AS "package", impressions, ordered_at AS "orderedAt"
    FROM impression_orders WHERE partner_id = $1 ORDER BY id`;

const MOVEMENTS = `
  SELECT id, kind, amount, order_id AS "orderId", campaign_id AS "adCampaignId", occurred_at AS "occurredAt"
    FROM impression_movements WHERE partner_id = $1 ORDER BY id`;

const FILES = `
  SELECT id, file_name AS "fileName", media_type AS "mediaType", size_bytes::int AS "sizeBytes", width, height,
         created_at AS "createdAt", 'ads/' || id || '.' || split_part(media_type, '/', 2) AS path
    FROM ad_files WHERE partner_id = $1 ORDER BY id`;

const ADS = `
  SELECT id, name, format, click_url AS "clickUrl", fields, image_id AS "imageId", icon_id AS "iconId",
         video_id AS "videoId", state, reason, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM ads WHERE partner_id = $1 ORDER BY id`;

const CAMPAIGNS = `
  SELECT id, name, state, impressions, left_impressions AS "left", served, starts_at AS "startsAt",
         ends_at AS "endsAt", countries, languages, platforms, placements, created_at AS "createdAt",
         launched_at AS "launchedAt", ended_at AS "endedAt",
         ARRAY(SELECT ad_id FROM ad_campaign_ads WHERE campaign_id = ad_campaigns.id ORDER BY ad_id) AS "adIds"
    FROM ad_campaigns WHERE partner_id = $1 ORDER BY id`;

const DAYS = `
  SELECT campaign_id AS "adCampaignId", ad_id AS "adId", day::text, renders, clicks
    FROM ad_campaign_days WHERE campaign_id IN (SELECT id FROM ad_campaigns WHERE partner_id = $1)
   ORDER BY campaign_id, day, ad_id`;

/** What advertising holds of partners (B12). */
@Injectable()
export class AdsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly impressions: Impressions,
    private readonly store: FileStore,
    private readonly storedFiles: StoredFiles,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'partner-management: ads',
      tables: TABLES,
      files: {
        'impression-orders': (tx, partnerId) => readRows(tx, ORDERS, [partnerId]),
        impressions: (tx, partnerId) => readRows(tx, MOVEMENTS, [partnerId]),
        'ad-files': (tx, partnerId) => readRows(tx, FILES, [partnerId]),
        ads: (tx, partnerId) => readRows(tx, ADS, [partnerId]),
        'ad-campaigns': (tx, partnerId) => readRows(tx, CAMPAIGNS, [partnerId]),
        'ad-campaign-days': (tx, partnerId) => readRows(tx, DAYS, [partnerId]),
      },
      attachments: (tx, partnerId) => this.contents(tx, partnerId),
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async *contents(tx: Tx, partnerId: string): AsyncGenerator<Attachment> {
    for await (const { id, path } of readRows<{ id: string; path: string }>(tx, FILES, [partnerId])) {
      yield { path, open: () => this.store.open(adFileKey({ partnerId, id })) };
    }
  }

  /** Ends its campaigns, and takes from its ads all that it has made; what was counted stays. */
  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    const now = this.clock.now();
    const held = await tx.query<{ campaignId: string; left: string }[]>(
      `SELECT id AS "campaignId", left_impressions AS "left" FROM ad_campaigns
        WHERE partner_id = $1 ORDER BY id FOR NO KEY UPDATE`,
      [partnerId],
    );
    await tx.query(
      `UPDATE ad_campaigns
          SET name = 'Erased', placements = '{}', state = CASE WHEN state = 'draft' THEN state ELSE 'ended' END,
              paused_by = NULL, left_impressions = 0,
              ended_at = CASE WHEN state = 'draft' THEN NULL ELSE coalesce(ended_at, $2) END
        WHERE partner_id = $1`,
      [partnerId, now],
    );
    for (const { campaignId, left } of held.filter((campaign) => campaign.left !== '0')) {
      await this.impressions.release(tx, { partnerId, campaignId, amount: Number(left) });
    }
    await tx.query(
      `UPDATE ads SET name = 'Erased', click_url = 'https://erased.invalid', fields = '{}', image_id = NULL,
              icon_id = NULL, video_id = NULL, state = 'archived', reason = NULL, revision = revision + 1, updated_at = $2
        WHERE partner_id = $1`,
      [partnerId, now],
    );
    const [deleted] = await tx.query<[{ id: string }[], number]>(
      'DELETE FROM ad_files WHERE partner_id = $1 RETURNING id',
      [partnerId],
    );
    for (const { id } of deleted) await this.storedFiles.discard(tx, adFileKey({ partnerId, id }));
    return 'done';
  }
}
