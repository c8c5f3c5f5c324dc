import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { getAdCampaign } from './ad-campaign-rows.js';
import type { AdCampaignDto } from './ad-campaigns.dto.js';
import { adCampaignStateConflict, noImpressionsLeft } from './ads.errors.js';
import { isOver, stateAfter, statesFor } from './domain/ad-campaign-state.js';
import { Impressions } from './impressions.service.js';

const DONE = { launch: 'launched', pause: 'paused', resume: 'resumed', end: 'ended' } as const;

/** A launched campaign holds its impressions, an ended one none. */
const MOVE = `
  UPDATE ad_campaigns
     SET state = $4::text, paused_by = CASE WHEN $4 = 'paused' THEN 'partner' END,
         left_impressions = CASE WHEN $4 = 'ended' THEN 0 WHEN state = 'draft' THEN impressions
                                 ELSE left_impressions END,
         launched_at = coalesce(launched_at, $5), ended_at = CASE WHEN $4 = 'ended' THEN $5::timestamptz END
   WHERE id = $1 AND partner_id = $2 AND state = ANY ($3)`;

/** Which campaign, and whose it must be. */
interface Whose {
  partnerId: string;
  id: string;
}

/**
 * Ad campaigns from their launch to their end (rule 9.3). Every step changes the campaign's row on the condition of the
 * state that it expects, which locks it, and only then the partner's account of impressions.
 */
@Injectable()
export class AdCampaignRuns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly impressions: Impressions,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Reserves the campaign's impressions; from then on its approved ads are shown.
   * @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409), NOT_ENOUGH_IMPRESSIONS (422)
   */
  async launch(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<AdCampaignDto> {
    await this.move(tx, { partnerId, id }, 'launch');
    const campaign = await getAdCampaign(tx, partnerId, id);
    this.assertAhead(campaign, 'launch');
    await this.impressions.reserve(tx, { partnerId, campaignId: id, amount: campaign.impressions });
    return campaign;
  }

  /** Shows nothing for a while; its impressions stay reserved. @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409) */
  async pause(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<AdCampaignDto> {
    this.assertAhead(await lockedCampaign(tx, { partnerId, id }), 'pause');
    await this.move(tx, { partnerId, id }, 'pause');
    return getAdCampaign(tx, partnerId, id);
  }

  /** @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409), NO_IMPRESSIONS_LEFT (409) */
  async resume(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<AdCampaignDto> {
    const campaign = await lockedCampaign(tx, { partnerId, id });
    this.assertAhead(campaign, 'resume');
    if (campaign.pausedBy === 'no_impressions_left') throw noImpressionsLeft();
    await this.move(tx, { partnerId, id }, 'resume');
    return getAdCampaign(tx, partnerId, id);
  }

  /** Ends it for good; what it has not used is available again. @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409) */
  async end(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<AdCampaignDto> {
    await this.close(tx, { partnerId, id });
    return getAdCampaign(tx, partnerId, id);
  }

  /** Ends a campaign whose time is over; the partner sees that. Does nothing when it has ended meanwhile. */
  async endDue(tx: Tx, { partnerId, id }: Whose): Promise<void> {
    const { state, served } = await lockedCampaign(tx, { partnerId, id });
    if (!statesFor('end').includes(state)) return;
    const returned = await this.close(tx, { partnerId, id });
    await this.eventLog.record(tx, null, {
      partnerId,
      type: 'ad_campaign_ended',
      subjectId: id,
      data: { shown: String(served), returned: String(returned) },
    });
  }

  /** Campaigns whose time is over. */
  findDue(): Promise<Whose[]> {
    return this.dataSource.query<Whose[]>(
      `SELECT id, partner_id AS "partnerId" FROM ad_campaigns
        WHERE state = ANY ($1) AND ends_at <= $2 ORDER BY ends_at LIMIT 1000`,
      [statesFor('end'), this.clock.now()],
    );
  }

  /** @returns how many impressions came back */
  private async close(tx: Tx, { partnerId, id }: Whose): Promise<number> {
    const { left } = await lockedCampaign(tx, { partnerId, id });
    await this.move(tx, { partnerId, id }, 'end');
    if (left > 0) await this.impressions.release(tx, { partnerId, campaignId: id, amount: left });
    return left;
  }

  /** What is past its end is over, although the job has not ended it yet; it can only be ended. */
  private assertAhead(campaign: AdCampaignDto, action: keyof typeof DONE): void {
    if (isOver(campaign, this.clock.now())) throw adCampaignStateConflict('past its end', DONE[action]);
  }

  /** Moves the campaign from one of the states that the action starts from; whoever comes second gets 409. */
  private async move(tx: Tx, { partnerId, id }: Whose, action: keyof typeof DONE): Promise<void> {
    const [, moved] = await tx.query<[unknown[], number]>(MOVE, [
      id,
      partnerId,
      statesFor(action),
      stateAfter(action),
      this.clock.now(),
    ]);
    if (moved > 0) return;
    const { state } = await getAdCampaign(tx, partnerId, id);
    throw adCampaignStateConflict(state, DONE[action]);
  }
}

/** The campaign, which nobody else changes until the transaction ends. @throws DomainError NOT_FOUND */
async function lockedCampaign(tx: Tx, { partnerId, id }: Whose): Promise<AdCampaignDto> {
  await tx.query('SELECT FROM ad_campaigns WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE', [
    id,
    partnerId,
  ]);
  return getAdCampaign(tx, partnerId, id);
}
