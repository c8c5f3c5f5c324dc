import { Injectable } from '@nestjs/common';
import { Clock, Ids, isCountry, Outbox, type Tx } from '../platform/index.js';
import { markChanges } from './batch-log.js';
import { parseEach } from './domain/item-fault.js';
import { type ImportedPlayer, parseImportedPlayer } from './domain/parse-players.js';
import { emailHash, personHash } from './person-hashes.js';
import { PLAYERS_REPORTED, type PlayersReported } from './tracking.events.js';

/** What became of a player of another program; the name is that of the player at its brand. */
export type ImportedPlayerOutcome =
  | { readonly status: 'imported' | 'present'; readonly name: string; readonly id: string }
  | { readonly status: 'refused'; readonly code: string; readonly message: string };

interface Origin {
  code: string;
  promo_id: string;
  campaign_id: string;
  partner_id: string;
  brand_id: string;
  audience: string;
}

interface Entry {
  index: number;
  player: ImportedPlayer;
  origin: Origin;
}

interface KnownPlayer {
  id: string;
  promo_id: string;
  settled: boolean;
}

/**
 * Takes over players of another program, by the old codes of their links (B10). They are whose the link is, for good, as
 * if a visit had brought them; nothing is told to postbacks, since it happened long ago and elsewhere.
 */
@Injectable()
export class ImportedPlayers {
  constructor(
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the players, each once by brand and id: who is there already stays as it is, and must agree in the link and
   * in what is paid for.
   * @param raw by the names of the sync, and `link`: the code; `settled` says that the other program has paid for it
   * @returns what became of each, in their order
   */
  async record(tx: Tx, raw: readonly unknown[]): Promise<ImportedPlayerOutcome[]> {
    const { items, refusals } = parseEach(raw, parseImportedPlayer);
    const outcomes = new Map<number, ImportedPlayerOutcome>(
      refusals.map(({ index, code, message }) => [index, refused(code, message)]),
    );
    const origins = await originsOf(tx, items.map(({ item }) => item.linkCode)); // prettier-ignore
    const entries = items.flatMap(({ index, item: player }): Entry[] => {
      const origin = origins.get(player.linkCode);
      const refusal = this.unfit(player) ?? unfitOrigin(player, origin);
      if (origin && !refusal) return [{ index, player, origin }];
      outcomes.set(index, refusal!);
      return [];
    });
    const inserted = await this.insert(tx, entries);
    const known = await knownPlayers(tx, entries);
    for (const entry of entries) {
      const key = keyOf(entry.origin.brand_id, entry.player.userId);
      const player = known.get(key)!;
      // Of several rows for one player the first one counts.
      if (inserted.delete(key)) outcomes.set(entry.index, { status: 'imported', name: key, id: player.id });
      else outcomes.set(entry.index, refusalOf(entry, player) ?? { status: 'present', name: key, id: player.id }); // prettier-ignore
    }
    return raw.map((_, index) => outcomes.get(index)!);
  }

  /** What the sync takes from brands as they say it, but is a slip in a file that is made once. */
  private unfit({ userId, signedUpAt, country }: ImportedPlayer): ImportedPlayerOutcome | null {
    if (userId !== userId.trim())
      return refused('INVALID_FIELD', 'user_id: must not be blank, nor begin or end with blanks');
    if (signedUpAt > this.clock.now())
      return refused('INVALID_FIELD', 'sign_up_at: must not lie in the future');
    if (country !== null && !isCountry(country))
      return refused('INVALID_FIELD', 'country: must be a two-letter ISO 3166-1 code such as DE');
    return null;
  }

  /** Gives the keys of those that were not there. */
  private async insert(tx: Tx, entries: readonly Entry[]): Promise<Set<string>> {
    const rows = [...new Map(entries.toReversed().map((entry) => [keyOf(entry.origin.brand_id, entry.player.userId), entry])).values()]; // prettier-ignore
    const fresh = await tx.query<{ key: string; id: string; settled: boolean }[]>(INSERT, [
      this.clock.now(),
      JSON.stringify(rows.map((entry) => toRow(entry, this.ids.next()))),
    ]);
    const keys = new Set(fresh.map(({ key }) => key));
    // Those that are settled are paid nothing, but reports and bills must look at their time anew.
    const changes = rows
      .filter(({ player, origin }) => keys.has(keyOf(origin.brand_id, player.userId)))
      .map(({ player, origin }) => ({
        campaignId: origin.campaign_id,
        partnerId: origin.partner_id,
        occurredAt: player.signedUpAt,
      }));
    await markChanges(tx, changes);
    // The other program has judged those that it has paid for.
    const unsettled = fresh.filter(({ settled }) => !settled).map(({ id }) => id);
    if (unsettled.length > 0) {
      const event: PlayersReported = { playerIds: unsettled };
      await this.outbox.publish(tx, PLAYERS_REPORTED, event);
    }
    return keys;
  }
}

const INSERT = `
  INSERT INTO players (id, brand_id, external_id, promo_id, campaign_id, partner_id, country, email_hash, person_hash, profile,
                       signed_up_at, duplicate, self_excluded, disabled, query, created_at, settled)
  SELECT id, brand_id, external_id, promo_id, campaign_id, partner_id, country, email_hash, person_hash, profile,
         signed_up_at, duplicate, self_excluded, disabled, '{}', $1, settled
    FROM json_to_recordset($2) AS player (id uuid, brand_id uuid, external_id text, promo_id uuid, campaign_id uuid,
         partner_id uuid, country text, email_hash text, person_hash text, profile jsonb, signed_up_at timestamptz,
         duplicate boolean, self_excluded boolean, disabled boolean, settled boolean)
   ORDER BY brand_id, external_id
  ON CONFLICT (brand_id, external_id) DO NOTHING RETURNING brand_id || ' ' || external_id AS key, id, settled`;

function keyOf(brandId: string, userId: string): string {
  return `${brandId} ${userId}`;
}

function toRow({ player, origin }: Entry, id: string): object {
  const { brand_id, promo_id, campaign_id, partner_id } = origin;
  return {
    ...{ id, brand_id, promo_id, campaign_id, partner_id },
    external_id: player.userId,
    country: player.country,
    email_hash: emailHash(player),
    person_hash: personHash(player.profile),
    profile: player.profile,
    signed_up_at: player.signedUpAt,
    duplicate: player.duplicate ?? false,
    self_excluded: player.selfExcluded ?? false,
    disabled: player.disabled ?? false,
    settled: player.settled,
  };
}

/** Whose the links are, by code. */
async function originsOf(tx: Tx, codes: readonly string[]): Promise<Map<string, Origin>> {
  const rows = await tx.query<Origin[]>(
    `SELECT l.code, p.id AS promo_id, p.campaign_id, p.partner_id, p.brand_id, landing.audience
       FROM link_codes l JOIN promos p ON p.id = l.promo_id JOIN landings landing ON landing.id = p.landing_id
      WHERE l.code = ANY ($1)`,
    [codes],
  );
  return new Map(rows.map((row) => [row.code, row]));
}

function refused(code: string, message: string): ImportedPlayerOutcome {
  return { status: 'refused', code, message };
}

/** Why the player cannot have come by the link. */
function unfitOrigin(player: ImportedPlayer, origin: Origin | undefined): ImportedPlayerOutcome | null {
  if (!origin) return refused('UNKNOWN_LINK', `link: there is no link with the code '${player.linkCode}'`);
  if (origin.audience !== 'players')
    return refused('LINK_FOR_SUB_AFFILIATES', 'link: leads to a landing for sub-affiliates, which brings no players'); // prettier-ignore
  return null;
}

/** Why the row cannot be for the player who is there. */
function refusalOf({ player, origin }: Entry, known: KnownPlayer): ImportedPlayerOutcome | null {
  if (known.promo_id !== origin.promo_id)
    return refused('PLAYER_OF_ANOTHER_LINK', `link: the player '${player.userId}' belongs to another link`);
  if (known.settled !== player.settled)
    return refused(
      'IMPORTED_OTHERWISE',
      `settled: the player is there already as ${known.settled ? '' : 'not '}settled, which stays`,
    );
  return null;
}

/** The players that are there, by their keys. */
async function knownPlayers(tx: Tx, entries: readonly Entry[]): Promise<Map<string, KnownPlayer>> {
  const rows = await tx.query<(KnownPlayer & { key: string })[]>(
    `SELECT p.brand_id || ' ' || p.external_id AS key, p.id, p.promo_id, p.settled
       FROM unnest($1::uuid[], $2::text[]) AS wanted (brand_id, external_id)
       JOIN players p ON p.brand_id = wanted.brand_id AND p.external_id = wanted.external_id`,
    [entries.map(({ origin }) => origin.brand_id), entries.map(({ player }) => player.userId)],
  );
  return new Map(rows.map(({ key, ...player }) => [key, player]));
}
