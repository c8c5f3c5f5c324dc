import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why bills are on hold: a bill may have several reasons at once. */
export class BillHolds1763000000135 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bill_holds (
        bill_id   uuid        NOT NULL,
        reason    text        NOT NULL,
        -- Of a holding time: when it is over.
        until     timestamptz,
        placed_at timestamptz NOT NULL,
        lifted_at timestamptz,
        CONSTRAINT bill_holds_pk PRIMARY KEY (bill_id, reason),
        CONSTRAINT bill_holds_bill_fk FOREIGN KEY (bill_id) REFERENCES bills (id),
        CONSTRAINT bill_holds_reason_known CHECK (reason IN ('holding_time', 'review', 'operator')),
        CONSTRAINT bill_holds_time_has_end CHECK ((reason = 'holding_time') = (until IS NOT NULL))
      );
      CREATE INDEX bill_holds_due_idx ON bill_holds (until) WHERE lifted_at IS NULL AND until IS NOT NULL;
      INSERT INTO bill_holds (bill_id, reason, placed_at)
      SELECT id, 'operator', created_at FROM bills WHERE state = 'on_hold';
    `);
    await runner.query(TRIGGERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bill_holds;
      DROP TRIGGER bills_held_with_reason ON bills;
      DROP TRIGGER bills_change_held_with_reason ON bills;
      DROP FUNCTION bill_held_with_reason();
    `);
  }
}

const TRIGGERS = `
  CREATE FUNCTION bill_held_with_reason() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    bill uuid := CASE WHEN TG_TABLE_NAME = 'bills' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(NEW) ->> 'bill_id')::uuid END;
    now_in text;
    held boolean;
  BEGIN
    SELECT state, EXISTS (SELECT FROM bill_holds h WHERE h.bill_id = b.id AND h.lifted_at IS NULL)
      INTO now_in, held FROM bills b WHERE b.id = bill;
    IF (now_in = 'on_hold' AND NOT held) OR (now_in = 'pending' AND held) THEN
      RAISE EXCEPTION 'Bill % is % and has % reason to be held', bill, now_in, CASE WHEN held THEN 'a' ELSE 'no' END
        USING ERRCODE = 'check_violation', CONSTRAINT = 'bills_held_with_reason';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER bills_held_with_reason AFTER INSERT ON bills
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'on_hold') EXECUTE FUNCTION bill_held_with_reason();
  CREATE CONSTRAINT TRIGGER bills_change_held_with_reason AFTER UPDATE OF state ON bills
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bill_held_with_reason();
  CREATE CONSTRAINT TRIGGER bill_holds_of_held_bills AFTER INSERT OR UPDATE ON bill_holds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bill_held_with_reason();
`;
