import type { DataSource, EntityManager } from 'typeorm';
import { idOfCursor, Money, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import { type ReferralState, STEPS, UNSETTLED } from './domain/referral-state.js';

type Db = EntityManager | DataSource;

/** A partner who entered the code of another one. */
export interface Referral {
  id: string;
  partnerId: string;
  inviterId: string;
  termsId: string;
  state: ReferralState;
  enteredAt: Date;
  windowEndsAt: Date;
  payableAt: Date | null;
  rewardedAt: Date | null;
  endedAt: Date | null;
  reason: string | null;
}

const COLUMNS = `id, partner_id AS "partnerId", inviter_id AS "inviterId", terms_id AS "termsId", state,
  entered_at AS "enteredAt", window_ends_at AS "windowEndsAt", payable_at AS "payableAt", rewarded_at AS "rewardedAt",
  ended_at AS "endedAt", reason`;

/** Rewards are looked at for a year: what is taken back later is for operators to judge. */
const LOOKED_AT_DAYS = 365;

/** The referral by which the partner came; null for one without. */
export async function referralOf(db: Db, partnerId: string): Promise<Referral | null> {
  const [row] = await db.query<Referral[]>(`SELECT ${COLUMNS} FROM referrals WHERE partner_id = $1`, [
    partnerId,
  ]);
  return row ?? null;
}

/** @throws DomainError NOT_FOUND */
export async function getReferral(db: Db, id: string): Promise<Referral> {
  const [row] = await db.query<Referral[]>(`SELECT ${COLUMNS} FROM referrals WHERE id = $1`, [id]);
  if (!row) throw notFound('referral');
  return row;
}

/** Writes down who invited the partner. @returns false when it has an inviter already */
export async function addReferral(
  tx: Tx,
  referral: Pick<Referral, 'id' | 'partnerId' | 'inviterId' | 'termsId' | 'enteredAt' | 'windowEndsAt'>,
): Promise<boolean> {
  const { id, partnerId, inviterId, termsId, enteredAt, windowEndsAt } = referral;
  const added = await tx.query<unknown[]>(
    `INSERT INTO referrals (id, partner_id, inviter_id, terms_id, entered_at, window_ends_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (partner_id) DO NOTHING RETURNING id`,
    [id, partnerId, inviterId, termsId, enteredAt, windowEndsAt],
  );
  return added.length > 0;
}

/** Referrals to which something may still happen by itself, in the order of their ids. */
export function unsettledReferrals(db: Db, now: Date, after: string | null, limit: number) {
  return db.query<Referral[]>(
    `SELECT ${COLUMNS} FROM referrals
      WHERE state IN (${UNSETTLED.map((state) => `'${state}'`).join(', ')}) AND ($2::uuid IS NULL OR id > $2)
        AND (rewarded_at IS NULL OR rewarded_at > $1::timestamptz - make_interval(days => ${LOOKED_AT_DAYS}))
      ORDER BY id LIMIT $3`,
    [now, after, limit],
  );
}

/**
 * The referral, which nobody else changes until the transaction ends.
 * @param skipLocked gives null, too, while somebody else is at it
 */
export async function takeReferral(tx: Tx, id: string, skipLocked: boolean): Promise<Referral | null> {
  const [row] = await tx.query<Referral[]>(
    `SELECT ${COLUMNS} FROM referrals WHERE id = $1 FOR UPDATE ${skipLocked ? 'SKIP LOCKED' : ''}`,
    [id],
  );
  return row ?? null;
}

/** The partner's referrals of both sides that are not paid yet; nobody else changes them until the transaction ends. */
export function takeUnpaid(tx: Tx, partnerId: string): Promise<Referral[]> {
  return tx.query<Referral[]>(
    `SELECT ${COLUMNS} FROM referrals
      WHERE $1 IN (partner_id, inviter_id) AND state = ANY ($2) ORDER BY id FOR UPDATE`,
    [partnerId, STEPS.decline.from],
  );
}

/** Writes a referral's new state, of one that was taken. */
export async function moveReferral(
  tx: Tx,
  id: string,
  to: Pick<Referral, 'state' | 'payableAt' | 'rewardedAt' | 'endedAt' | 'reason'>,
): Promise<void> {
  await tx.query(
    `UPDATE referrals SET state = $2, payable_at = $3, rewarded_at = $4, ended_at = $5, reason = $6 WHERE id = $1`,
    [id, to.state, to.payableAt, to.rewardedAt, to.endedAt, to.reason],
  );
}

/** How many entered the inviter's code, and how many of them have met the conditions. */
export async function countReferrals(
  db: Db,
  inviterId: string,
): Promise<{ registered: number; fulfilled: number }> {
  const [counts] = await db.query<[{ registered: number; fulfilled: number }]>(
    `SELECT count(*)::int AS registered, count(*) FILTER (WHERE state IN ('held', 'rewarded'))::int AS fulfilled
       FROM referrals WHERE inviter_id = $1`,
    [inviterId],
  );
  return counts;
}

/** What the inviter got and has, per currency. */
export async function inviterBonuses(db: Db, inviterId: string): Promise<Money[]> {
  const rows = await db.query<{ currency: string; minor: string }[]>(
    `SELECT t.currency, sum(t.inviter_bonus_minor)::text AS minor
       FROM referrals r JOIN referral_terms t ON t.id = r.terms_id
      WHERE r.inviter_id = $1 AND r.state = 'rewarded' GROUP BY t.currency ORDER BY t.currency`,
    [inviterId],
  );
  return rows.map(({ currency, minor }) => Money.of(BigInt(minor), currency));
}

/** Referrals, the latest first. */
export async function listReferrals(
  db: Db,
  filter: { state?: ReferralState; inviterId?: string; limit: number; cursor?: string },
): Promise<Page<Referral>> {
  const { state, inviterId, limit, cursor } = filter;
  const rows = await db.query<Referral[]>(
    `SELECT ${COLUMNS} FROM referrals
      WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR inviter_id = $2) AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`,
    [state ?? null, inviterId ?? null, idOfCursor(cursor), limit + 1],
  );
  return toPage(rows, limit, ({ id }) => [id]);
}
