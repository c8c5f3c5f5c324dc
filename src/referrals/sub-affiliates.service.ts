import { Injectable } from '@nestjs/common';
import { TrackingLinks } from '../campaigns/index.js';
import { EventLog } from '../identity/index.js';
import { Partners } from '../partner-management/index.js';
import { Clock, type Tx } from '../platform/index.js';

/** A sign-up that a link led to. */
interface InvitedSignUp {
  /** Who signed up. */
  partnerId: string;
  /** Code of the link. */
  code: string;
  /** The click on it, where it is known. */
  visitId: string | null;
}

/** A connection that another program made. */
interface BroughtBefore {
  /** Who was brought. */
  partnerId: string;
  /** Code of a link of the one who brought it. */
  code: string;
  /** Null for when the partner registered. */
  connectedAt: Date | null;
}

/** What became of such a connection, or why it cannot be. */
export type TakenOver =
  'connected' | 'unknown_link' | 'link_for_players' | 'inactive_inviter' | 'other_inviter' | 'circle';

/** Connects partners with those who brought them (A08, rules §2.5). */
@Injectable()
export class SubAffiliates {
  constructor(
    private readonly links: TrackingLinks,
    private readonly partners: Partners,
    private readonly events: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the new partner a sub-affiliate of the link's owner, and tells that one. Whoever has an inviter keeps it.
   * Nothing happens where the code is nobody's or of a link for players, and where its owner is the new partner, is
   * younger or does not work with the program at present.
   */
  async connect(tx: Tx, { partnerId, code, visitId }: InvitedSignUp): Promise<void> {
    const link = await this.links.find(tx, code);
    if (link?.audience !== 'sub_affiliates') return;
    const { partnerId: inviterId, campaignId, promoId } = link;
    // Ids grow with the time of sign-up.
    if (inviterId >= partnerId || !(await this.partners.isActive(tx, inviterId))) return;
    const connected = await tx.query<unknown[]>(
      `INSERT INTO sub_affiliates (partner_id, inviter_id, campaign_id, promo_id, visit_id, connected_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (partner_id) DO NOTHING RETURNING partner_id`,
      [partnerId, inviterId, campaignId, promoId, visitId, this.clock.now()],
    );
    if (connected.length === 0) return;
    await this.events.record(tx, null, {
      partnerId: inviterId,
      type: 'sub_affiliate_registered',
      subjectId: partnerId,
      data: { subAffiliateId: partnerId, campaignId, promoId },
    });
  }

  /**
   * Makes a partner of another program the sub-affiliate of who brought it there, and tells nobody. Who is there longer
   * does not matter, but nobody comes to stand below themselves.
   */
  async takeOver(tx: Tx, { partnerId, code, connectedAt }: BroughtBefore): Promise<TakenOver> {
    const link = await this.links.find(tx, code);
    if (!link) return 'unknown_link';
    if (link.audience !== 'sub_affiliates') return 'link_for_players';
    const { partnerId: inviterId, campaignId, promoId } = link;
    if (await this.standsAbove(tx, partnerId, inviterId)) return 'circle';
    if (!(await this.partners.isActive(tx, inviterId))) return 'inactive_inviter';
    const connected = await tx.query<unknown[]>(
      `INSERT INTO sub_affiliates (partner_id, inviter_id, campaign_id, promo_id, connected_at)
       SELECT $1, $2, $3, $4, coalesce($5, created_at) FROM partners WHERE id = $1
       ON CONFLICT (partner_id) DO NOTHING RETURNING partner_id`,
      [partnerId, inviterId, campaignId, promoId, connectedAt],
    );
    return connected.length > 0 ? 'connected' : 'other_inviter';
  }

  /** Whether the partner is the other one, or brought it, or brought who brought it, and so on. */
  private async standsAbove(tx: Tx, partnerId: string, otherId: string): Promise<boolean> {
    const found = await tx.query<unknown[]>(
      `WITH RECURSIVE above AS (
         SELECT $2::uuid AS id
         UNION
         SELECT s.inviter_id FROM above JOIN sub_affiliates s ON s.partner_id = above.id)
       SELECT FROM above WHERE id = $1`,
      [partnerId, otherId],
    );
    return found.length > 0;
  }
}
