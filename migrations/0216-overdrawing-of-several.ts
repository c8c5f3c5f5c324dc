import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An operator may confirm that several balances go below zero by one journal: both sides of a referral bonus. */
export class OverdrawingOfSeveral1763000000216 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await refuseOverdraftUnless(
      runner,
      `NEW.owner_id || ' ' || NEW.currency = ANY (string_to_array(current_setting('tributary.may_overdraw', true), ','))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverdraftUnless(
      runner,
      `current_setting('tributary.may_overdraw', true) = NEW.owner_id || ' ' || NEW.currency`,
    );
  }
}

/** @param confirmed SQL: whether it was confirmed for the account that goes below zero */
async function refuseOverdraftUnless(runner: QueryRunner, confirmed: string): Promise<void> {
  await runner.query(`
    CREATE OR REPLACE FUNCTION ledger_refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Set for the one posting that an operator has confirmed.
      IF ${confirmed} THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'account % would go below zero', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_not_negative';
    END $$;
  `);
}
