import type { Tx } from '../../platform/index.js';
import { playerNameHash } from '../person-hashes.js';
import type { PlayerFacts } from './domain/fraud-rule.js';
import { TOUCH_COLUMNS, type TouchRow, withTouch } from './touch-facts.js';

/** A player with what its own rows tell; who its partner's people are is asked of other rooms. */
export interface CheckedPlayer extends Omit<PlayerFacts, 'members' | 'accounts'> {
  readonly id: string;
  readonly brandId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
}

interface PlayerRow extends TouchRow {
  id: string;
  brandId: string;
  partnerId: string;
  campaignId: string;
  promoId: string;
  mailboxHash: string | null;
  profile: Record<string, string>;
  country: string | null;
  duplicate: boolean;
  signedUpAt: Date;
}

/** What two players may have in common. */
type Tie = 'mailbox' | 'person' | 'visit';

interface Relative {
  playerId: string;
  tie: Tie;
  relativeId: string;
  /** Whether the relative signed up before the player. */
  earlier: boolean;
}

const TIES: Readonly<Record<Tie, string>> = {
  mailbox: 'o.brand_id = p.brand_id AND o.email_hash = p.email_hash',
  person: 'o.brand_id = p.brand_id AND o.person_hash = p.person_hash',
  visit: 'o.visit_id = p.visit_id',
};
/** Enough to look at: some brands report one address for everybody. */
const EARLIER_SHOWN = 5;
const LATER_CHECKED = 20;

/** The players, and those who signed up later with something in common with one of them: what is found of them may change. */
export async function loadPlayers(tx: Tx, playerIds: readonly string[]): Promise<CheckedPlayer[]> {
  const later = (await relativesOf(tx, playerIds)).filter(({ earlier }) => !earlier);
  const ids = [...new Set([...playerIds, ...later.map(({ relativeId }) => relativeId)])];
  const relatives = (await relativesOf(tx, ids)).filter(({ earlier }) => earlier);
  const byPlayer = Map.groupBy(relatives, ({ playerId }) => playerId);
  const rows = await tx.query<PlayerRow[]>(
    `SELECT p.id, p.brand_id AS "brandId", p.partner_id AS "partnerId", p.campaign_id AS "campaignId",
            p.promo_id AS "promoId", p.email_hash AS "mailboxHash", p.profile, p.country, p.duplicate,
            p.signed_up_at AS "signedUpAt", ${TOUCH_COLUMNS}
       FROM players p LEFT JOIN visits v ON v.id = p.visit_id AND v.partner_id = p.partner_id
       LEFT JOIN promo_codes c ON c.id = p.promo_code_id
      WHERE p.id = ANY($1) ORDER BY p.id`,
    [ids],
  );
  return rows.map((row) => toPlayer(row, byPlayer.get(row.id) ?? []));
}

async function relativesOf(tx: Tx, playerIds: readonly string[]): Promise<Relative[]> {
  const statements = Object.entries(TIES).map(
    ([tie, condition]) => `
      SELECT p.id AS "playerId", '${tie}' AS tie, r.id AS "relativeId", r.earlier
        FROM players p CROSS JOIN LATERAL (
          (SELECT o.id, true AS earlier FROM players o
            WHERE ${condition} AND (o.signed_up_at, o.id) < (p.signed_up_at, p.id)
            ORDER BY o.signed_up_at, o.id LIMIT ${EARLIER_SHOWN})
          UNION ALL
          (SELECT o.id, false FROM players o
            WHERE ${condition} AND (o.signed_up_at, o.id) > (p.signed_up_at, p.id)
            ORDER BY o.signed_up_at, o.id LIMIT ${LATER_CHECKED})) r
       WHERE p.id = ANY($1)`,
  );
  return tx.query<Relative[]>(statements.join(' UNION ALL '), [playerIds]);
}

function toPlayer(row: PlayerRow, relatives: readonly Relative[]): CheckedPlayer {
  const earlier = (tie: Tie): string[] =>
    relatives.filter((relative) => relative.tie === tie).map(({ relativeId }) => relativeId);
  const { profile, visit, ...player } = withTouch(row);
  return {
    ...player,
    nameHash: playerNameHash(profile),
    sameMailbox: earlier('mailbox'),
    samePerson: earlier('person'),
    visit: visit && { ...visit, earlierPlayerIds: earlier('visit') },
  };
}
