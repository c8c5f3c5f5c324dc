import type { MigrationInterface, QueryRunner } from 'typeorm';
import { aside } from './guards-aside.js';

/** Hosts of partners' postbacks and webhooks stand beside the logs, and go with the partner (B12). */
export class HostsBesideTheLogs1763000000222 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(aside(MOVE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(aside(MOVE_BACK));
  }
}

const HOSTED = `type IN ('postback_disabled', 'webhook_added', 'webhook_changed', 'webhook_secret_rotated', 'webhook_enabled',
                         'webhook_disabled', 'webhook_deleted')`;
const AUDITED = `action LIKE 'webhook.%' AND partner_id IS NOT NULL`;
/** Of those who were erased, nothing is kept. */
const ERASED = `SELECT id FROM partners WHERE state = 'erased'`;

const MOVE = `
  INSERT INTO log_personal_data (log_id, partner_id, data)
  SELECT id, partner_id, jsonb_build_object('host', data -> 'host') FROM event_log
   WHERE ${HOSTED} AND data ? 'host' AND partner_id NOT IN (${ERASED});
  INSERT INTO log_personal_data (log_id, partner_id, data)
  SELECT id, partner_id,
         jsonb_build_object('before', CASE WHEN before ? 'host' THEN jsonb_build_object('host', before -> 'host') ELSE '{}' END,
                            'after', CASE WHEN after ? 'host' THEN jsonb_build_object('host', after -> 'host') ELSE '{}' END)
    FROM audit_log
   WHERE ${AUDITED} AND (before ? 'host' OR after ? 'host') AND partner_id NOT IN (${ERASED});
  UPDATE event_log SET data = data - 'host' WHERE ${HOSTED} AND data ? 'host';
  UPDATE audit_log SET before = before - 'host', after = after - 'host'
   WHERE ${AUDITED} AND (before ? 'host' OR after ? 'host');
`;

/** Events must have a host; of those who were erased it is not known any more. */
const MOVE_BACK = `
  UPDATE event_log e SET data = e.data || coalesce((SELECT p.data FROM log_personal_data p WHERE p.log_id = e.id), '{"host": null}')
   WHERE ${HOSTED};
  UPDATE audit_log a SET before = a.before || (p.data -> 'before'), after = a.after || (p.data -> 'after')
    FROM log_personal_data p WHERE p.log_id = a.id AND ${AUDITED.replace('partner_id', 'a.partner_id')};
  DELETE FROM log_personal_data WHERE log_id IN (
    SELECT id FROM event_log WHERE ${HOSTED} UNION ALL SELECT id FROM audit_log WHERE ${AUDITED});
`;
