import { Injectable } from '@nestjs/common';
import { Clock, Ids, sha256Hex, type Tx } from '../platform/index.js';
import { actionId, BatchLog, type FactChange } from './batch-log.js';
import { roundsByKey } from './domain/batch-rounds.js';
import { batchReport, type BatchReport, type ItemStatus } from './domain/batch-report.js';
import type { Refusal } from './domain/item-fault.js';
import { parsePlayers, type ReportedPlayer } from './domain/parse-players.js';
import type { PlayerAction } from './tracking.events.js';

interface Entry {
  readonly index: number;
  readonly item: ReportedPlayer;
}

interface VisitRow {
  id: string;
  partner_id: string;
  campaign_id: string;
  promo_id: string;
  country: string | null;
  query: Record<string, string>;
}

interface KnownPlayer {
  id: string;
  external_id: string;
  campaign_id: string;
  partner_id: string;
  signed_up_at: Date;
  country: string | null;
  email_hash: string | null;
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
}

/** Takes in batches of players (A07, rules §2.3, §2.4): first touch decides whose a player is, for good. */
@Injectable()
export class SyncPlayers {
  constructor(
    private readonly log: BatchLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Records the batch of the brand; items are judged one by one, written together. */
  async record(tx: Tx, brandId: string, rawItems: readonly unknown[]): Promise<BatchReport> {
    const { items, refusals } = parsePlayers(rawItems);
    const progress: Progress = { statuses: new Map(), refusals: [...refusals], changes: [], actions: [] };
    for (const round of roundsByKey(items, ({ item }) => item.userId)) {
      await this.recordRound(tx, brandId, round, progress);
    }
    const report = batchReport(progress.statuses, progress.refusals);
    await this.log.write(tx, {
      id: this.ids.next(),
      brandId,
      kind: 'players',
      report,
      refusals: progress.refusals,
      changes: progress.changes,
      actions: progress.actions,
    });
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
    const visits = await findVisits(tx, brandId, entries);
    const rows = entries.flatMap((entry) => {
      const visit = visits.get(entry.item.tag);
      if (visit) return [{ entry, visit, id: this.ids.next() }];
      const message = `tag: there is no visit '${entry.item.tag}'`;
      progress.refusals.push({ index: entry.index, code: 'UNKNOWN_TAG', message });
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
    for (const { entry, visit, id } of rows) {
      if (!fresh.has(id)) {
        raced.push(entry);
        continue;
      }
      progress.statuses.set(entry.index, 'accepted');
      progress.changes.push(changeAt(visit, entry.item.signedUpAt));
      progress.actions.push(registration(id, entry.item, visit));
    }
    return raced;
  }
}

const INSERT_PLAYERS = `
  INSERT INTO players (id, brand_id, external_id, visit_id, promo_id, campaign_id, partner_id, country, email_hash,
                       profile, signed_up_at, duplicate, self_excluded, disabled, query, created_at)
  SELECT id, $1, external_id, visit_id, promo_id, campaign_id, partner_id, country, email_hash, profile, signed_up_at,
         duplicate, self_excluded, disabled, query, $2
    FROM json_to_recordset($3) AS player (id uuid, external_id text, visit_id uuid, promo_id uuid, campaign_id uuid,
         partner_id uuid, country text, email_hash text, profile jsonb, signed_up_at timestamptz, duplicate boolean,
         self_excluded boolean, disabled boolean, query jsonb)
   ORDER BY external_id
  ON CONFLICT (brand_id, external_id) DO NOTHING RETURNING id`;

const UPDATE_PLAYERS = `
  UPDATE players
     SET country = change.country, email_hash = change.email_hash, profile = change.profile,
         signed_up_at = change.signed_up_at, duplicate = change.duplicate, self_excluded = change.self_excluded,
         disabled = change.disabled
    FROM json_to_recordset($1) AS change (id uuid, country text, email_hash text, profile jsonb,
         signed_up_at timestamptz, duplicate boolean, self_excluded boolean, disabled boolean)
   WHERE players.id = change.id`;

/** The players of the entries that are there, locked in the order of their ids. */
async function findPlayers(tx: Tx, brandId: string, entries: readonly Entry[]): Promise<KnownPlayer[]> {
  if (entries.length === 0) return [];
  return tx.query<KnownPlayer[]>(
    `SELECT id, external_id, campaign_id, partner_id, signed_up_at, country, email_hash, duplicate, self_excluded,
            disabled, profile
       FROM players WHERE brand_id = $1 AND external_id = ANY($2) ORDER BY id FOR NO KEY UPDATE`,
    [brandId, entries.map(({ item }) => item.userId)],
  );
}

/** Visits of the brand by their ids. */
async function findVisits(
  tx: Tx,
  brandId: string,
  entries: readonly Entry[],
): Promise<Map<string, VisitRow>> {
  if (entries.length === 0) return new Map();
  const rows = await tx.query<VisitRow[]>(
    `SELECT id, partner_id, campaign_id, promo_id, country, query FROM visits WHERE id = ANY($1) AND brand_id = $2`,
    [entries.map(({ item }) => item.tag), brandId],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Applies what the items say to players that are there: what an item leaves out stays as it is. */
async function update(
  tx: Tx,
  pairs: readonly { entry: Entry; player: KnownPlayer }[],
  { statuses, changes }: Progress,
): Promise<void> {
  const changed: KnownPlayer[] = [];
  for (const { entry, player } of pairs) {
    const after = applied(player, entry.item);
    const same = isSame(player, after);
    statuses.set(entry.index, same ? 'duplicate' : 'corrected');
    if (same) continue;
    changed.push(after);
    if (isSameToBilling(player, after)) continue;
    changes.push(changeAt(player, player.signed_up_at), changeAt(player, after.signed_up_at));
  }
  if (changed.length > 0) await tx.query(UPDATE_PLAYERS, [JSON.stringify(changed)]);
}

function applied(player: KnownPlayer, item: ReportedPlayer): KnownPlayer {
  return {
    ...player,
    signed_up_at: item.signedUpAt,
    country: item.country ?? player.country,
    email_hash: emailHash(item) ?? player.email_hash,
    duplicate: item.duplicate ?? player.duplicate,
    self_excluded: item.selfExcluded ?? player.self_excluded,
    disabled: item.disabled ?? player.disabled,
    profile: { ...player.profile, ...item.profile },
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

function toRow({ entry: { item }, visit, id }: { entry: Entry; visit: VisitRow; id: string }): object {
  return {
    id,
    external_id: item.userId,
    visit_id: visit.id,
    promo_id: visit.promo_id,
    campaign_id: visit.campaign_id,
    partner_id: visit.partner_id,
    country: item.country ?? visit.country,
    email_hash: emailHash(item),
    profile: item.profile,
    signed_up_at: item.signedUpAt,
    duplicate: item.duplicate ?? false,
    self_excluded: item.selfExcluded ?? false,
    disabled: item.disabled ?? false,
    query: visit.query,
  };
}

/** Addresses are compared, never shown: their hash is enough. */
function emailHash({ email }: ReportedPlayer): string | null {
  return email === null ? null : sha256Hex(email);
}

function changeAt(owner: { campaign_id: string; partner_id: string }, occurredAt: Date): FactChange {
  return { campaignId: owner.campaign_id, partnerId: owner.partner_id, occurredAt };
}

function registration(playerId: string, item: ReportedPlayer, visit: VisitRow): PlayerAction {
  return {
    eventId: actionId('registration', playerId),
    action: 'registration',
    partnerId: visit.partner_id,
    campaignId: visit.campaign_id,
    promoId: visit.promo_id,
    playerId,
    playerExternalId: item.userId,
    visitId: visit.id,
    occurredAt: item.signedUpAt.toISOString(),
    amountMinor: null,
    currency: null,
    country: item.country ?? visit.country,
    query: visit.query,
  };
}
