import { Injectable } from '@nestjs/common';
import { Brands } from '../../brands/index.js';
import { AuditLog, type BrandActor } from '../../identity/index.js';
import { Clock, Ids, invalidField, Money, notFound, type Tx } from '../../platform/index.js';
import { CAMPAIGN_TRANSITIONS, type CampaignAction, overAt } from '../domain/campaign-status.js';
import { campaignStateConflict, fixedAfterPublishing } from '../public-campaigns.errors.js';
import { Accruals } from '../posts/accruals.service.js';
import { assertUnitsAreTold, type CampaignInput, changedContent, newContent } from './campaign-content.js';
import { type CampaignContent, findCampaign, lockCampaign, type PublicCampaign } from './campaign-rows.js';

/** What may be changed of a campaign that creators may have joined. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  'title',
  'description',
  'precautions',
  'target',
  'endsAt',
  'postingUntil',
  'budget',
  'terms',
] satisfies (keyof CampaignInput)[]);

const PLACES = `state = $2, title = $3, description = $4, precautions = $5, target = $6, platforms = $7,
  time_zone = $8, starts_at = $9, ends_at = $10, posting_from = $11, posting_until = $12, currency = $13,
  budget_minor = $14, unit_prices = $15, post_cap_minor = $16, creator_cap_minor = $17, required_tags = $18,
  countries = $19, min_followers = $20, verified_only = $21, terms_version = $22, published_at = $23,
  cancelled_at = $24`;

/** Brands' public campaigns: drafted, published, paused, cancelled, changed as far as joining allows (E02 to E04). */
@Injectable()
export class PublicCampaigns {
  constructor(
    private readonly accruals: Accruals,
    private readonly brands: Brands,
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Drafts a campaign. @throws DomainError VALIDATION_FAILED and the like (422), naming the field */
  async create(tx: Tx, actor: BrandActor, input: CampaignInput): Promise<PublicCampaign> {
    const campaign: PublicCampaign = {
      ...newContent(input),
      id: this.ids.next(),
      brandId: actor.brandId,
      state: 'draft',
      consumedMinor: 0n,
      termsVersion: 1,
      terms: input.terms,
      createdAt: this.clock.now(),
      publishedAt: null,
      cancelledAt: null,
    };
    await insert(tx, campaign);
    await this.addTerms(tx, campaign);
    await this.record(tx, actor, 'create', null, campaign);
    return campaign;
  }

  /**
   * Changes what is given. Of a published campaign only what takes nothing from those who joined: texts, terms (for
   * those who join from then on), the budget down to what is consumed, later ends. More budget goes to posts that
   * have earned more than they have; while it is paused, when it is resumed or over.
   * @throws DomainError NOT_FOUND, CAMPAIGN_STATE_CONFLICT (409) when it is over, FIXED_AFTER_PUBLISHING (409), 422
   */
  async change(
    tx: Tx,
    actor: BrandActor,
    campaignId: string,
    input: Partial<CampaignInput>,
  ): Promise<PublicCampaign> {
    const before = await this.lockOwn(tx, actor, campaignId);
    const content = changedContent(before, input);
    if (before.state === 'cancelled') throw campaignStateConflict(before.state, 'be changed');
    if (before.state !== 'draft') this.assertChangeable(before, content, input);
    const newTerms = input.terms !== undefined && input.terms !== before.terms;
    const after: PublicCampaign = {
      ...before,
      ...content,
      ...(newTerms && { terms: input.terms, termsVersion: before.termsVersion + 1 }),
    };
    if (newTerms) await this.addTerms(tx, after);
    await update(tx, after);
    await this.record(tx, actor, 'change', before, after);
    if (after.budgetMinor > before.budgetMinor) await this.accruals.share(tx, after);
    return (await findCampaign(tx, campaignId))!;
  }

  /**
   * Publishes, pauses, resumes or cancels a campaign. What waited while it was paused is shared out then.
   * @throws DomainError NOT_FOUND, CAMPAIGN_STATE_CONFLICT (409); to publish it 422 when its end is past, for units that
   *   none of its platforms tells, and for a brand that works with the program no more
   */
  async move(tx: Tx, actor: BrandActor, campaignId: string, action: CampaignAction): Promise<PublicCampaign> {
    const before = await this.lockOwn(tx, actor, campaignId);
    const { from, to } = CAMPAIGN_TRANSITIONS[action];
    const now = this.clock.now();
    if (!from.includes(before.state)) throw campaignStateConflict(before.state, action);
    if (action !== 'publish' && before.state !== 'draft' && overAt(before) <= now)
      throw campaignStateConflict('finished', action);
    if (action === 'publish') await this.assertPublishable(tx, before, now);
    const after: PublicCampaign = {
      ...before,
      state: to,
      publishedAt: action === 'publish' ? now : before.publishedAt,
      cancelledAt: action === 'cancel' ? now : null,
    };
    await update(tx, after);
    await this.record(tx, actor, action, before, after);
    if (before.state === 'paused') await this.accruals.share(tx, after);
    return (await findCampaign(tx, campaignId))!;
  }

  private async lockOwn(tx: Tx, { brandId }: BrandActor, campaignId: string): Promise<PublicCampaign> {
    const campaign = await lockCampaign(tx, campaignId, 'accrual');
    if (campaign?.brandId !== brandId) throw notFound('campaign');
    return campaign;
  }

  private async assertPublishable(tx: Tx, campaign: PublicCampaign, now: Date): Promise<void> {
    const { state } = await this.brands.get(tx, campaign.brandId);
    if (state !== 'active') throw invalidField('brandId', 'this brand is archived');
    if (campaign.endsAt <= now) throw invalidField('endsAt', 'must be in the future');
    assertUnitsAreTold(campaign);
  }

  private assertChangeable(
    before: PublicCampaign,
    after: CampaignContent,
    input: Partial<CampaignInput>,
  ): void {
    if (overAt(before) <= this.clock.now()) throw campaignStateConflict('finished', 'be changed');
    const fixed = Object.entries(input).find(([path, value]) => value !== undefined && !CHANGEABLE.has(path));
    if (fixed) throw fixedAfterPublishing(fixed[0]);
    if (after.currency !== before.currency) throw fixedAfterPublishing('budget.currency');
    for (const path of ['endsAt', 'postingUntil'] as const) {
      if (after[path] < before[path]) throw invalidField(path, 'must not be earlier than it was published');
    }
    if (after.budgetMinor < before.consumedMinor) {
      const consumed = Money.of(before.consumedMinor, before.currency).toString();
      throw invalidField('budget.amount', `must be at least ${consumed}, which is consumed`);
    }
  }

  private async addTerms(tx: Tx, { id, termsVersion, terms }: PublicCampaign): Promise<void> {
    await tx.query(
      'INSERT INTO public_campaign_terms (campaign_id, version, text, created_at) VALUES ($1, $2, $3, $4)',
      [id, termsVersion, terms, this.clock.now()],
    );
  }

  private async record(
    tx: Tx,
    actor: BrandActor,
    action: string,
    before: PublicCampaign | null,
    after: PublicCampaign,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action: `public_campaign.${action}`,
      subject: { type: 'public_campaign', id: after.id },
      before,
      after,
    });
  }
}

/**
 * The brand's campaign.
 * @throws DomainError NOT_FOUND, also for another brand's
 */
export async function getOfBrand(db: Tx, brandId: string, campaignId: string): Promise<PublicCampaign> {
  const campaign = await findCampaign(db, campaignId);
  if (campaign?.brandId !== brandId) throw notFound('campaign');
  return campaign;
}

function valuesOf(campaign: PublicCampaign): unknown[] {
  const prices = campaign.unitPrices.map(({ unit, price, maxUnits }) => ({
    unit,
    price: price.toString(),
    maxUnits: maxUnits?.toString() ?? null,
  }));
  return [
    campaign.id,
    campaign.state,
    campaign.title,
    campaign.description,
    campaign.precautions,
    campaign.target,
    campaign.platforms,
    campaign.timeZone,
    campaign.startsAt,
    campaign.endsAt,
    campaign.postingFrom,
    campaign.postingUntil,
    campaign.currency,
    campaign.budgetMinor.toString(),
    JSON.stringify(prices),
    campaign.postCapMinor?.toString() ?? null,
    campaign.creatorCapMinor?.toString() ?? null,
    campaign.requiredTags,
    campaign.countries,
    campaign.minFollowers,
    campaign.verifiedOnly,
    campaign.termsVersion,
    campaign.publishedAt,
    campaign.cancelledAt,
  ];
}

async function insert(tx: Tx, campaign: PublicCampaign): Promise<void> {
  await tx.query(
    `INSERT INTO public_campaigns (id, state, title, description, precautions, target, platforms, time_zone, starts_at,
       ends_at, posting_from, posting_until, currency, budget_minor, unit_prices, post_cap_minor, creator_cap_minor,
       required_tags, countries, min_followers, verified_only, terms_version, published_at, cancelled_at, brand_id,
       created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
             $24, $25, $26)`,
    [...valuesOf(campaign), campaign.brandId, campaign.createdAt],
  );
}

async function update(tx: Tx, campaign: PublicCampaign): Promise<void> {
  await tx.query(`UPDATE public_campaigns SET ${PLACES} WHERE id = $1`, valuesOf(campaign));
}
