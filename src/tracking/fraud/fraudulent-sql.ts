/** SQL of whether an order is confirmed to be fraud, and earns nothing therefore. @param order alias of its row */
export function fraudulentOrderSql(order: string): string {
  return `EXISTS (SELECT FROM fraud_signals signal
                   WHERE signal.partner_id = ${order}.partner_id AND signal.order_id = ${order}.id
                     AND signal.state = 'confirmed')`;
}

/**
 * SQL of whether a player is confirmed to be fraud, and earns nothing therefore.
 * @param partnerId SQL of the id of the player's partner; trusted text, as is `playerId`
 */
export function fraudulentSql(partnerId: string, playerId: string): string {
  return `EXISTS (SELECT FROM fraud_signals signal
                   WHERE signal.partner_id = ${partnerId} AND signal.player_id = ${playerId}
                     AND signal.state = 'confirmed')`;
}
