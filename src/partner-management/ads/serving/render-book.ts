import { Injectable } from '@nestjs/common';
import { EventLog } from '../../../identity/index.js';
import { Clock, type Tx } from '../../../platform/index.js';
import { decideRenders, type Render, type RenderOutcome } from '../domain/render-decisions.js';
import { Impressions } from '../impressions.service.js';
import { AdDays } from './ad-days.js';

interface HeldCampaign {
  id: string;
  partnerId: string;
  left: string;
}

/** Campaigns before their end that still hold impressions or have shown them all, locked in the order of their ids. */
const LOCK_CAMPAIGNS = `
  SELECT id, partner_id AS "partnerId", left_impressions AS "left" FROM ad_campaigns
   WHERE id = ANY ($1) AND state IN ('running', 'paused') AND (ends_at IS NULL OR ends_at > $2)
   ORDER BY id FOR NO KEY UPDATE`;

const TAKE = `
  UPDATE ad_campaigns c
     SET left_impressions = c.left_impressions - taken.amount, served = c.served + taken.amount,
         state = CASE WHEN c.left_impressions = taken.amount THEN 'paused' ELSE c.state END,
         paused_by = CASE WHEN c.left_impressions = taken.amount THEN 'no_impressions_left' ELSE c.paused_by END
    FROM json_to_recordset($1) AS taken ("campaignId" uuid, amount bigint)
   WHERE c.id = taken."campaignId"`;

/**
 * Writes confirmed renders, a batch at a time. All renders of a campaign meet at the lock of its row: so each token
 * counts once, no campaign takes more than it holds, and a batch costs one change of each row, however long it is.
 */
@Injectable()
export class RenderBook {
  constructor(
    private readonly impressions: Impressions,
    private readonly days: AdDays,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /** What becomes of each render, in their order (rule 9.3). */
  async record(tx: Tx, renders: readonly Render[]): Promise<RenderOutcome[]> {
    const campaigns = await tx.query<HeldCampaign[]>(LOCK_CAMPAIGNS, [
      renders.map(({ campaignId }) => campaignId),
      this.clock.now(),
    ]);
    const outcomes = decideRenders(renders, {
      left: new Map(campaigns.map(({ id, left }) => [id, Number(left)])),
      revisions: await revisionsOf(tx, renders),
      known: await knownOf(tx, renders),
    });
    const kept = renders.filter((_, index) => ['COUNTED', 'BOT'].includes(outcomes[index]!));
    await this.keepTokens(tx, kept);
    await this.days.add(
      tx,
      kept.map(({ campaignId, adId, bot }) => ({ campaignId, adId, count: bot ? 'botRenders' : 'renders' })),
    );
    await this.take(tx, campaigns, kept.filter(({ bot }) => !bot)); // prettier-ignore
    return outcomes;
  }

  private async keepTokens(tx: Tx, renders: readonly Render[]): Promise<void> {
    if (renders.length === 0) return;
    await tx.query(
      `INSERT INTO ad_renders (token_id, campaign_id)
       SELECT "tokenId", "campaignId" FROM json_to_recordset($1) AS r ("tokenId" uuid, "campaignId" uuid) ORDER BY 1`,
      [JSON.stringify(renders)],
    );
  }

  /** Takes the renders from what their campaigns hold, and from the partners' accounts. */
  private async take(tx: Tx, campaigns: readonly HeldCampaign[], counted: readonly Render[]): Promise<void> {
    const taken = campaigns
      .map(({ id, partnerId, left }) => {
        const amount = counted.filter(({ campaignId }) => campaignId === id).length;
        return { campaignId: id, partnerId, amount, isLast: amount === Number(left) };
      })
      .filter(({ amount }) => amount > 0);
    if (taken.length === 0) return;
    await tx.query(TAKE, [JSON.stringify(taken)]);
    await this.impressions.serve(
      tx,
      taken.map(({ partnerId, campaignId, amount }) => ({ partnerId, campaignId, amount })),
    );
    for (const { partnerId, campaignId } of taken.filter(({ isLast }) => isLast)) {
      await this.eventLog.record(tx, null, {
        partnerId,
        type: 'ad_campaign_paused',
        subjectId: campaignId,
        data: {},
      });
    }
  }
}

/** Revisions of the ads that are approved now and whose partners are active, by their ids. */
async function revisionsOf(tx: Tx, renders: readonly Render[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ id: string; revision: number }[]>(
    `SELECT a.id, a.revision FROM ads a JOIN partners p ON p.id = a.partner_id AND p.state = 'active'
      WHERE a.id = ANY ($1) AND a.state = 'approved'`,
    [renders.map(({ adId }) => adId)],
  );
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}

/** Tokens that were confirmed before. Nobody adds one of these campaigns meanwhile: that takes the campaign's lock. */
async function knownOf(tx: Tx, renders: readonly Render[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }[]>(
    'SELECT token_id AS id FROM ad_renders WHERE token_id = ANY ($1)',
    [renders.map(({ tokenId }) => tokenId)],
  );
  return new Set(rows.map(({ id }) => id));
}
