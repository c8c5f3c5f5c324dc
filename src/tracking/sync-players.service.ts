import { Injectable } from '@nestjs/common';
import { Clock, Ids, Outbox, type Tx } from '../platform/index.js';
import { Attribution, type Owner } from './attribution.service.js';
import { actionId, BatchLog, type FactChange } from './batch-log.js';
import { roundsByKey } from './domain/batch-rounds.js';
import { batchReport, type BatchReport, type ItemStatus } from './domain/batch-report.js';
import type { Refusal } from './domain/item-fault.js';
import { nobodyFault } from './domain/mention.js';
import { parsePlayers, type ReportedPlayer } from './domain/parse-players.js';
import { condense, settleRepeats } from './domain/repetitions.js';
import { emailHash, personHash } from './person-hashes.js';
import { type PlayerAction, PLAYERS_REPORTED, type PlayersReported } from './tracking.events.js';

interface Entry {
  readonly index: number;
  readonly item: ReportedPlayer;
}

interface KnownPlayer {
  id: string;
  external_id: string;
  campaign_id: string;
  partner_id: string;
  visit_id: string | null;
  signed_up_at: Date;
  country: string | null;
  email_hash: string | null;
  person_hash: string | null;
  duplicate: boolean;
  self_excluded: boolean;
  disabled: boolean;
  profile: Record<string, string>;
}

/** What a batch has brought so far. */
interface Progress {
  readonly statuses: Map<number, Exclude<ItemStatus, 'rejected'>>;
  readonly refusals: Refusal[];
  readonly changes: FactChange[];
  readonly actions: PlayerAction[];
  /** Players that are new or have changed. */
  readonly playerIds: string[];
  /** Of the items that are answered with one. */
  readonly tags: Map<number, string>;
}

/** Takes in batches of players (A07, rules §2.3, §2.4): first touch decides whose a player is, for good. */
@Injectable()
export class SyncPlayers {
  constructor(
    private readonly attribution: Attribution,
    private readonly log: BatchLog,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the batch of the brand; items are judged one by one, written together.
   * @param lines of the items, where they came in a file
   */
  async record(
    tx: Tx,
    brandId: string,
    rawItems: readonly unknown[],
    lines?: readonly number[],
  ): Promise<BatchReport> {
    const { items, refusals } = parsePlayers(rawItems);
    const { entries, repeats, refusals: excess } = condense(items, 'user_id', ({ userId }) => userId);
    const progress: Progress = {
      statuses: new Map(),
      refusals: [...refusals, ...excess],
      changes: [],
      actions: [],
      playerIds: [],
      tags: new Map(),
    };
    for (const round of roundsByKey(entries, ({ item }) => item.userId)) {
      await this.recordRound(tx, brandId, round, progress);
    }
    settleRepeats(repeats, progress);
    const report = batchReport(progress.statuses, progress.refusals, progress.tags);
    await this.log.write(tx, {
      id: this.ids.next(),
      brandId,
      kind: 'players',
      report,
      items: rawItems,
      lines,
      refusals: progress.refusals,
      changes: progress.changes,
      actions: progress.actions,
    });
    if (progress.playerIds.length > 0) {
      const event: PlayersReported = { playerIds: progress.playerIds };
      await this.outbox.publish(tx, PLAYERS_REPORTED, event);
    }
    return report;
  }

  private async recordRound(
    tx: Tx,
    brandId: string,
    round: readonly Entry[],
    progress: Progress,
  ): Promise<void> {
    const known = new Map(
      (await findPlayers(tx, brandId, round)).map((player) => [player.external_id, player]),
    );
    const newcomers = round.filter(({ item }) => !known.has(item.userId));
    const raced = await this.register(tx, brandId, newcomers, progress);
    for (const player of await findPlayers(tx, brandId, raced)) known.set(player.external_id, player);
    await update(
      tx,
      round.flatMap((entry) => {
        const player = known.get(entry.item.userId);
        return player ? [{ entry, player }] : [];
      }),
      progress,
    );
  }

  /** Registers players that are new; gives back those that another batch has registered meanwhile. */
  private async register(
    tx: Tx,
    brandId: string,
    entries: readonly Entry[],
    progress: Progress,
  ): Promise<Entry[]> {
    const ownerOf = await this.attribution.ownersOf(
      tx,
      brandId,
      entries.map(({ item }) => item),
    );
    const rows = entries.flatMap((entry) => {
      const owner = ownerOf(entry.item);
      if (owner) return [{ entry, owner, id: this.ids.next() }];
      progress.refusals.push({ index: entry.index, ...nobodyFault(entry.item, 'bonus_code') });
      return [];
    });
    if (rows.length === 0) return [];
    const inserted = await tx.query<{ id: string }[]>(INSERT_PLAYERS, [
      brandId,
      this.clock.now(),
      JSON.stringify(rows.map(toRow)),
    ]);
    const fresh = new Set(inserted.map(({ id }) => id));
    const raced: Entry[] = [];
    for (const { entry, owner, id } of rows) {
      if (!fresh.has(id)) {
        raced.push(entry);
        continue;
      }
      progress.statuses.set(entry.index, 'accepted');
      progress.playerIds.push(id);
      if (entry.item.tag === null) progress.tags.set(entry.index, tagOf({ id, visit_id: owner.visitId }));
      progress.changes.push({
        campaignId: owner.campaignId,
        partnerId: owner.partnerId,
        occurredAt: entry.item.signedUpAt,
      });
      progress.actions.push(registration(id, entry.item, owner));
    }
    return raced;
  }
}

const INSERT_PLAYERS = `
  INSERT INTO players (id, brand_id, external_id, visit_id, promo_code_id, promo_id, campaign_id, partner_id, country,
                       email_hash, person_hash, profile, signed_up_at, duplicate, self_excluded, disabled, query, created_at)
  SELECT id, $1, external_id, visit_id, promo_code_id, promo_id, campaign_id, partner_id, country, email_hash, person_hash,
         profile, signed_up_at, duplicate, self_excluded, disabled, query, $2
    FROM json_to_recordset($3) AS player (id uuid, external_id text, visit_id uuid, promo_code_id uuid, promo_id uuid,
         campaign_id uuid, partner_id uuid, country text, email_hash text, person_hash text, profile jsonb,
         signed_up_at timestamptz, duplicate boolean, self_excluded boolean, disabled boolean, query jsonb)
   ORDER BY external_id
  ON CONFLICT (brand_id, external_id) DO NOTHING RETURNING id`;

const UPDATE_PLAYERS = `
  UPDATE players
     SET country = change.country, email_hash = change.email_hash, person_hash = change.person_hash,
         profile = change.profile, signed_up_at = change.signed_up_at, duplicate = change.duplicate, self_excluded = change.self_excluded,
         disabled = change.disabled
    FROM json_to_recordset($1) AS change (id uuid, country text, email_hash text, person_hash text,
         profile jsonb, signed_up_at timestamptz, duplicate boolean, self_excluded boolean, disabled boolean)
   WHERE players.id = change.id`;

/** The players of the entries that are there, locked in the order of their ids. */
async function findPlayers(tx: Tx, brandId: string, entries: readonly Entry[]): Promise<KnownPlayer[]> {
  if (entries.length === 0) return [];
  return tx.query<KnownPlayer[]>(
    `SELECT id, external_id, campaign_id, partner_id, visit_id, signed_up_at, country, email_hash, person_hash,
            duplicate, self_excluded, disabled, profile
       FROM players WHERE brand_id = $1 AND external_id = ANY($2) ORDER BY id FOR NO KEY UPDATE`,
    [brandId, entries.map(({ item }) => item.userId)],
  );
}

/** Applies what the items say to players that are there: what an item leaves out stays as it is. */
async function update(
  tx: Tx,
  pairs: readonly { entry: Entry; player: KnownPlayer }[],
  { statuses, changes, playerIds, tags }: Progress,
): Promise<void> {
  const changed: KnownPlayer[] = [];
  for (const { entry, player } of pairs) {
    const after = applied(player, entry.item);
    const same = isSame(player, after);
    statuses.set(entry.index, same ? 'duplicate' : 'corrected');
    if (entry.item.tag === null) tags.set(entry.index, tagOf(player));
    if (same) continue;
    changed.push(after);
    playerIds.push(player.id);
    if (isSameToBilling(player, after)) continue;
    changes.push(changeAt(player, player.signed_up_at), changeAt(player, after.signed_up_at));
  }
  if (changed.length > 0) await tx.query(UPDATE_PLAYERS, [JSON.stringify(changed)]);
}

function applied(player: KnownPlayer, item: ReportedPlayer): KnownPlayer {
  const profile = { ...player.profile, ...item.profile };
  return {
    ...player,
    signed_up_at: item.signedUpAt,
    country: item.country ?? player.country,
    email_hash: emailHash(item) ?? player.email_hash,
    person_hash: personHash(profile),
    duplicate: item.duplicate ?? player.duplicate,
    self_excluded: item.selfExcluded ?? player.self_excluded,
    disabled: item.disabled ?? player.disabled,
    profile,
  };
}

function isSame(before: KnownPlayer, after: KnownPlayer): boolean {
  return (
    isSameToBilling(before, after) &&
    before.email_hash === after.email_hash &&
    Object.entries(after.profile).every(([field, text]) => before.profile[field] === text)
  );
}

/** Whether nothing differs that a qualification looks at: a new nickname is no reason to bill all periods anew. */
function isSameToBilling(before: KnownPlayer, after: KnownPlayer): boolean {
  return (
    before.signed_up_at.getTime() === after.signed_up_at.getTime() &&
    before.country === after.country &&
    before.duplicate === after.duplicate &&
    before.self_excluded === after.self_excluded &&
    before.disabled === after.disabled
  );
}

/** What a brand names a player by: the visit, or the player itself where there was none. */
function tagOf({ id, visit_id }: Pick<KnownPlayer, 'id' | 'visit_id'>): string {
  return visit_id ?? id;
}

function toRow({ entry: { item }, owner, id }: { entry: Entry; owner: Owner; id: string }): object {
  return {
    id,
    external_id: item.userId,
    visit_id: owner.visitId,
    promo_code_id: owner.promoCodeId,
    promo_id: owner.promoId,
    campaign_id: owner.campaignId,
    partner_id: owner.partnerId,
    country: item.country ?? owner.country,
    email_hash: emailHash(item),
    person_hash: personHash(item.profile),
    profile: item.profile,
    signed_up_at: item.signedUpAt,
    duplicate: item.duplicate ?? false,
    self_excluded: item.selfExcluded ?? false,
    disabled: item.disabled ?? false,
    query: owner.query,
  };
}

function changeAt(owner: { campaign_id: string; partner_id: string }, occurredAt: Date): FactChange {
  return { campaignId: owner.campaign_id, partnerId: owner.partner_id, occurredAt };
}

function registration(playerId: string, item: ReportedPlayer, owner: Owner): PlayerAction {
  return {
    eventId: actionId('registration', playerId),
    action: 'registration',
    partnerId: owner.partnerId,
    campaignId: owner.campaignId,
    promoId: owner.promoId,
    playerId,
    playerExternalId: item.userId,
    visitId: owner.visitId,
    occurredAt: item.signedUpAt.toISOString(),
    amountMinor: null,
    currency: null,
    country: item.country ?? owner.country,
    query: owner.query,
  };
}
