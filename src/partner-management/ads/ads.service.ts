import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Conditions,
  idOfCursor,
  Ids,
  mapPage,
  Money,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { PartnerRequests, type Requester } from '../requests/partner-requests.service.js';
import { AdAddresses } from './ad-addresses.js';
import { moveAd } from './ad-moves.js';
import { type AdRow, getAdRow, SELECT_ADS, toAdDto, toOperatorAdDto } from './ad-rows.js';
import { adStateConflict } from './ads.errors.js';
import type { AdDto, AdQuery, ChangeAdDto, CreateAdDto, OperatorAdDto, OperatorAdQuery } from './ads.dto.js';
import { assertCreative } from './creative-check.js';
import { type AdFields, changedCreative, type Creative, PLAIN_FIELDS } from './domain/ad-formats.js';
import { type AdAction, adStateAfter } from './domain/ad-state.js';

/** An approval costs nothing: the impressions do. */
const FREE = Money.zero('EUR');

/**
 * Partners' ads (O06, rule 9.2). Locks are taken in one order: the partner's row (by its request, if there is one), then
 * the ad's, then those of campaigns.
 */
@Injectable()
export class Ads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: PartnerRequests,
    private readonly addresses: AdAddresses,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of the partner's ads, newest first. */
  async list(partnerId: string, query: AdQuery): Promise<Page<AdDto>> {
    const page = await this.find({ ...query, partnerId });
    return mapPage(page, (row) => toAdDto(row, this.addresses.fileForPartner));
  }

  /** A page of everybody's ads, newest first. */
  async listAll(query: OperatorAdQuery): Promise<Page<OperatorAdDto>> {
    const page = await this.find(query);
    return mapPage(page, (row) => toOperatorAdDto(row, this.addresses.fileForOperators));
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: DataSource | Tx, partnerId: string, id: string): Promise<AdDto> {
    return toAdDto(await getAdRow(db, partnerId, id), this.addresses.fileForPartner);
  }

  /** As operators see it. @throws DomainError NOT_FOUND */
  async getForOperators(db: DataSource | Tx, id: string): Promise<OperatorAdDto> {
    return toOperatorAdDto(await getAdRow(db, null, id), this.addresses.fileForOperators);
  }

  /** Makes a draft. @throws DomainError INVALID_CREATIVE (422) naming every field that its format does not fit */
  async create(tx: Tx, { partnerId }: PartnerActor, ad: CreateAdDto): Promise<AdDto> {
    const creative = changedCreative({}, ad);
    await assertCreative(tx, partnerId, ad.format, creative);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO ads (id, partner_id, name, format, click_url, fields, image_id, icon_id, video_id, state, created_at,
                        updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $10)`,
      [id, partnerId, ad.name, ad.format, ad.clickUrl, ...columnsOf(creative), this.clock.now()],
    );
    return this.get(tx, partnerId, id);
  }

  /**
   * Changes an ad. What viewers could see of an approved one sends it back to wait for approval: from the commit on it
   * is not shown, and what was given out of it before counts nothing any more. A change of the name alone changes
   * nothing of that.
   * @throws DomainError NOT_FOUND, AD_STATE_CONFLICT (409), INVALID_CREATIVE (422)
   */
  async change(tx: Tx, actor: PartnerActor, id: string, change: ChangeAdDto): Promise<AdDto> {
    const { partnerId } = actor;
    const before = await getAdRow(tx, partnerId, id);
    const { name, clickUrl = before.clickUrl } = change;
    const creative = changedCreative(creativeOf(before), change);
    const visible = clickUrl !== before.clickUrl || !isSame(creative, creativeOf(before));
    if (!visible) {
      await this.rename(tx, before, name);
      return this.get(tx, partnerId, id);
    }
    await assertCreative(tx, partnerId, before.format, creative);
    const to = adStateAfter(before.state, 'change');
    if (!to) throw adStateConflict(before.state, 'changed');
    if (before.state === 'approved') await this.ask(tx, actor, { id, name: name ?? before.name });
    const [, changed] = await tx.query<[unknown[], number]>(
      `UPDATE ads SET name = coalesce($4, name), click_url = $5, fields = $6, image_id = $7, icon_id = $8, video_id = $9,
              state = $10, revision = revision + 1, updated_at = $11
        WHERE id = $1 AND state = $2 AND revision = $3`,
      [id, before.state, before.revision, name, clickUrl, ...columnsOf(creative), to, this.clock.now()],
    );
    if (changed === 0) throw adStateConflict(before.state, 'changed at the same time by two');
    return this.get(tx, partnerId, id);
  }

  /** Asks for the ad's approval. @throws DomainError NOT_FOUND, AD_STATE_CONFLICT (409), PARTNER_STATE_CONFLICT (409) */
  async submit(tx: Tx, actor: PartnerActor, id: string): Promise<AdDto> {
    const { state, name } = await getAdRow(tx, actor.partnerId, id);
    if (!adStateAfter(state, 'submit')) throw adStateConflict(state, 'submitted');
    await this.ask(tx, actor, { id, name });
    await this.move(tx, actor, id, 'submit');
    return this.get(tx, actor.partnerId, id);
  }

  /** Puts an ad away for good; it is not shown any more. @throws DomainError NOT_FOUND, AD_STATE_CONFLICT (409) */
  async archive(tx: Tx, actor: PartnerActor, id: string): Promise<AdDto> {
    await this.move(tx, actor, id, 'archive');
    return this.get(tx, actor.partnerId, id);
  }

  private async find({
    partnerId,
    partner,
    state,
    format,
    limit,
    cursor,
  }: OperatorAdQuery): Promise<Page<AdRow>> {
    const conditions = new Conditions();
    conditions.add('a.partner_id = ?', partnerId);
    conditions.add('strpos(lower(p.name), lower(?)) > 0', partner);
    conditions.add('a.state = ?', state);
    conditions.add('a.format = ?', format);
    conditions.add('a.id < ?', idOfCursor(cursor));
    const rows = await this.dataSource.query<AdRow[]>(
      `${SELECT_ADS} WHERE ${conditions.sql} ORDER BY a.id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** Without a name the ad keeps the one that it has by then, as a rename makes no new revision. */
  private async rename(tx: Tx, { id, state }: AdRow, name: string | undefined): Promise<void> {
    const [, changed] = await tx.query<[unknown[], number]>(
      `UPDATE ads SET name = coalesce($2, name), updated_at = $3 WHERE id = $1 AND state <> 'archived'`,
      [id, name, this.clock.now()],
    );
    if (changed === 0) throw adStateConflict(state, 'changed');
  }

  private async ask(tx: Tx, requester: Requester, { id, name }: Pick<AdRow, 'id' | 'name'>): Promise<void> {
    await this.requests.open(tx, requester, {
      kind: 'ad',
      subjectId: id,
      title: name,
      price: FREE,
      description: null,
    });
  }

  private move(tx: Tx, { partnerId }: PartnerActor, id: string, action: AdAction): Promise<void> {
    return moveAd(tx, { partnerId, id, action, now: this.clock.now() });
  }
}

function creativeOf({ fields, imageId, iconId, videoId }: AdRow): Creative {
  return changedCreative({}, { ...fields, imageId, iconId, videoId });
}

/** The creative as the columns `fields`, `image_id`, `icon_id` and `video_id`. */
function columnsOf(creative: Creative): [string, string | null, string | null, string | null] {
  const fields: AdFields = Object.fromEntries(PLAIN_FIELDS.map((field) => [field, creative[field]]));
  return [
    JSON.stringify(fields),
    creative.imageId ?? null,
    creative.iconId ?? null,
    creative.videoId ?? null,
  ];
}

/** Both were made by `changedCreative`, so their fields stand in one order. */
function isSame(one: Creative, other: Creative): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
