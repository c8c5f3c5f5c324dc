import type { MigrationInterface, QueryRunner } from 'typeorm';
import { aside } from './guards-aside.js';

/** Handles of channels, and the marks that operators know partners by, stand beside the logs and go with the partner (B12). */
export class HandlesBesideTheLogs1763000000223 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(aside(MOVE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(aside(MOVE_BACK));
  }
}

const NAMING = `type IN ('channel_added', 'channel_changed', 'channel_archived', 'channel_unarchived')`;
const MARKING = `action = 'partner.mark'`;
/** Of those who were erased, nothing is kept. */
const ERASED = `SELECT id FROM partners WHERE state = 'erased'`;

const MOVE = `
  INSERT INTO log_personal_data (log_id, partner_id, data)
  SELECT id, partner_id, jsonb_build_object('handle', data -> 'handle') FROM event_log
   WHERE ${NAMING} AND data ? 'handle' AND partner_id NOT IN (${ERASED});
  INSERT INTO log_personal_data (log_id, partner_id, data)
  SELECT id, partner_id, jsonb_build_object('before', before, 'after', after) FROM audit_log
   WHERE ${MARKING} AND before ? 'groups' AND partner_id NOT IN (${ERASED});
  UPDATE event_log SET data = data - 'handle' WHERE ${NAMING} AND data ? 'handle';
  UPDATE audit_log SET before = '{}', after = '{}' WHERE ${MARKING} AND before ? 'groups';
`;

/** Events must have a handle; of those who were erased it is not known any more. */
const MOVE_BACK = `
  UPDATE event_log e SET data = e.data || coalesce((SELECT p.data FROM log_personal_data p WHERE p.log_id = e.id), '{"handle": null}')
   WHERE ${NAMING};
  UPDATE audit_log a SET before = a.before || (p.data -> 'before'), after = a.after || (p.data -> 'after')
    FROM log_personal_data p WHERE p.log_id = a.id AND ${MARKING};
  DELETE FROM log_personal_data WHERE log_id IN (
    SELECT id FROM event_log WHERE ${NAMING} UNION ALL SELECT id FROM audit_log WHERE ${MARKING});
`;
