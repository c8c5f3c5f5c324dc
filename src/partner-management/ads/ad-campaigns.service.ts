import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Conditions,
  idOfCursor,
  Ids,
  invalidField,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { getAdCampaign, selectAdCampaigns } from './ad-campaign-rows.js';
import type {
  AdCampaignDto,
  AdCampaignQuery,
  ChangeAdCampaignDto,
  CreateAdCampaignDto,
  TargetingDto,
} from './ad-campaigns.dto.js';
import { adCampaignStateConflict } from './ads.errors.js';
import { isOver, statesFor } from './domain/ad-campaign-state.js';

/** What a partner says of its ad campaigns (O06); how they run is with {@link AdCampaignRuns}. */
@Injectable()
export class AdCampaigns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of the partner's ad campaigns, newest first. */
  async list(partnerId: string, { state, limit, cursor }: AdCampaignQuery): Promise<Page<AdCampaignDto>> {
    const conditions = new Conditions();
    conditions.add('c.partner_id = ?', partnerId);
    conditions.add('c.state = ?', state);
    conditions.add('c.id < ?', idOfCursor(cursor));
    const found = await selectAdCampaigns(
      this.dataSource,
      `WHERE ${conditions.sql} ORDER BY c.id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return toPage(found, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  get(partnerId: string, id: string): Promise<AdCampaignDto> {
    return getAdCampaign(this.dataSource, partnerId, id);
  }

  /** Makes a draft, which holds no impressions. @throws DomainError VALIDATION_FAILED (422) */
  async create(tx: Tx, { partnerId }: PartnerActor, campaign: CreateAdCampaignDto): Promise<AdCampaignDto> {
    const { name, impressions, targeting, adIds } = campaign;
    this.assertAhead(campaign.endsAt);
    const [startsAt, endsAt] = times(campaign.startsAt ?? null, campaign.endsAt ?? null);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO ad_campaigns (id, partner_id, name, state, impressions, starts_at, ends_at, countries, languages,
                                 platforms, placements, created_at)
       VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, partnerId, name, impressions, startsAt, endsAt, ...columnsOf(targeting), this.clock.now()],
    );
    await setAds(tx, { partnerId, campaignId: id, adIds });
    return getAdCampaign(tx, partnerId, id);
  }

  /**
   * Changes what is given. @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409) once it has ended or
   *   is past the end that it was launched with, VALIDATION_FAILED (422) also for impressions or the start of a launched one
   */
  async change(
    tx: Tx,
    { partnerId }: PartnerActor,
    id: string,
    change: ChangeAdCampaignDto,
  ): Promise<AdCampaignDto> {
    await tx.query('SELECT FROM ad_campaigns WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE', [
      id,
      partnerId,
    ]);
    const before = await getAdCampaign(tx, partnerId, id);
    if (!statesFor('change').includes(before.state)) throw adCampaignStateConflict(before.state, 'changed');
    if (before.state !== 'draft') {
      if (isOver(before, this.clock.now())) throw adCampaignStateConflict('past its end', 'changed');
      assertFixedStays(change);
    }
    const { name = before.name, impressions = before.impressions, targeting = before.targeting } = change;
    this.assertAhead(change.endsAt);
    const [startsAt, endsAt] = times(
      change.startsAt === undefined ? before.startsAt : change.startsAt,
      change.endsAt === undefined ? before.endsAt : change.endsAt,
    );
    await tx.query(
      `UPDATE ad_campaigns SET name = $2, impressions = $3, starts_at = $4, ends_at = $5, countries = $6,
              languages = $7, platforms = $8, placements = $9
        WHERE id = $1`,
      [id, name, impressions, startsAt, endsAt, ...columnsOf(targeting)],
    );
    if (change.adIds) await setAds(tx, { partnerId, campaignId: id, adIds: change.adIds });
    return getAdCampaign(tx, partnerId, id);
  }

  /** Deletes a draft. @throws DomainError NOT_FOUND, AD_CAMPAIGN_STATE_CONFLICT (409) */
  async delete(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<void> {
    const { state } = await getAdCampaign(tx, partnerId, id);
    const [, deleted] = await tx.query<[unknown[], number]>(
      'DELETE FROM ad_campaigns WHERE id = $1 AND state = ANY ($2)',
      [id, statesFor('delete')],
    );
    if (deleted === 0) throw adCampaignStateConflict(state, 'deleted');
  }

  /** Of an end that the request names: one that stands may be over. */
  private assertAhead(endsAt: string | null | undefined): void {
    if (endsAt && new Date(endsAt) <= this.clock.now()) throw invalidField('endsAt', 'must be in the future');
  }
}

function times(startsAt: string | Date | null, endsAt: string | Date | null): [Date | null, Date | null] {
  const [start, end] = [startsAt, endsAt].map((time) => (time === null ? null : new Date(time)));
  if (start && end && start >= end) throw invalidField('endsAt', 'must be after startsAt');
  return [start!, end!];
}

function columnsOf({ countries, languages, platforms, placements }: TargetingDto): string[][] {
  return [countries, languages, platforms, placements];
}

function assertFixedStays({ impressions, startsAt }: ChangeAdCampaignDto): void {
  if (impressions !== undefined) {
    throw invalidField(
      'impressions',
      'is fixed once the campaign is launched: end it, and launch another one',
    );
  }
  if (startsAt !== undefined) throw invalidField('startsAt', 'is fixed once the campaign is launched');
}

/** Gives the campaign these ads in the place of those it had. @throws DomainError VALIDATION_FAILED (422) */
async function setAds(
  tx: Tx,
  { partnerId, campaignId, adIds }: { partnerId: string; campaignId: string; adIds: string[] },
): Promise<void> {
  await tx.query('DELETE FROM ad_campaign_ads WHERE campaign_id = $1', [campaignId]);
  const set = await tx.query<unknown[]>(
    `INSERT INTO ad_campaign_ads (campaign_id, ad_id, partner_id)
     SELECT $1, id, partner_id FROM ads WHERE partner_id = $2 AND id = ANY ($3) AND state <> 'archived' RETURNING ad_id`,
    [campaignId, partnerId, adIds],
  );
  if (set.length < adIds.length) throw invalidField('adIds', 'must be ads of yours that are not archived');
}
