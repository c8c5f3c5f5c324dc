import type { Tx } from '../../platform/index.js';

/** The data of an event with what is personal in it, for as long as that is kept. */
export const EVENT_DATA = `event_log.data || coalesce(
  (SELECT personal.data FROM log_personal_data personal WHERE personal.log_id = event_log.id), '{}')`;

/** `before` or `after` of an entry of the audit log (alias `a`) with what is personal in it. */
export const auditData = (side: 'before' | 'after'): string => `a.${side} || coalesce(
  (SELECT personal.data -> '${side}' FROM log_personal_data personal WHERE personal.log_id = a.id), '{}')`;

/**
 * Keeps what is personal of a log entry beside the log, which only grows: it can be erased with its person (B12).
 * @param personal fields as {@link separatePersonal} gives them
 */
export async function keepPersonal(
  tx: Tx,
  logId: string,
  partnerId: string,
  personal: object,
): Promise<void> {
  await tx.query('INSERT INTO log_personal_data (log_id, partner_id, data) VALUES ($1, $2, $3)', [
    logId,
    partnerId,
    JSON.stringify(personal),
  ]);
}
