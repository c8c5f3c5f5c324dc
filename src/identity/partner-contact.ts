/**
 * SQL of the one owner whom the program writes to, though a partner may have several: the first one who has joined and
 * is not blocked, or else the first one. At most one row, with the columns `email`, `name` and `emailConfirmed`.
 * @param partnerId SQL of the partner's id, for example `p.id` in a lateral join
 */
export function contactOf(partnerId: string): string {
  return `SELECT u.email, u.name, u.email_verified_at IS NOT NULL AS "emailConfirmed"
            FROM memberships m JOIN users u ON u.id = m.user_id
           WHERE m.partner_id = ${partnerId} AND m.role = 'owner'
           ORDER BY u.blocked_at IS NOT NULL, u.invited_at IS NOT NULL, m.id LIMIT 1`;
}
