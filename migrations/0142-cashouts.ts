import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All types of payment methods, refunds in parts, corrections of balances, and indexes for the lists of cash-outs. */
export class Cashouts1763000000142 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TYPES, REFUNDS, LISTS, CORRECTIONS, OVERDRAWING]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER ledger_accounts_not_overdrawn ON ledger_accounts;
      DROP FUNCTION ledger_refuse_overdraft();
      ALTER TABLE ledger_accounts
        DROP CONSTRAINT ledger_accounts_not_negative,
        ADD CONSTRAINT ledger_accounts_not_negative CHECK (balance_minor >= 0 OR allow_negative);
      DROP TABLE balance_corrections;
      DROP INDEX bills_open_partner_idx, cashouts_finished_idx, cashouts_amount_idx;
      DROP TABLE cashout_refunds;
      ALTER TABLE cashouts DROP COLUMN refunded_minor;
      DELETE FROM payment_method_limits WHERE type_code IN (${NEW_TYPES});
      DELETE FROM payment_method_types WHERE code IN (${NEW_TYPES});
      UPDATE payment_method_types SET title = 'Crypto address'
       WHERE code = 'crypto_address' AND title = 'Crypto and fiat processor';
      UPDATE payment_method_types SET position = 4 WHERE code = 'other';
    `);
  }
}

const NEW_TYPES = `'neteller', 'skrill', 'webmoney', 'capitalist', 'player_account', 'gift_card'`;

const TYPES = `
  UPDATE payment_method_types SET title = 'Crypto and fiat processor'
   WHERE code = 'crypto_address' AND title = 'Crypto address';
  UPDATE payment_method_types SET position = 10 WHERE code = 'other';
  INSERT INTO payment_method_types (code, title, position, updated_at) VALUES
    ('neteller', 'Neteller', 4, now()),
    ('skrill', 'Skrill', 5, now()),
    ('webmoney', 'WebMoney', 6, now()),
    ('capitalist', 'Capitalist', 7, now()),
    ('player_account', 'Player account', 8, now()),
    ('gift_card', 'Gift card', 9, now());
  INSERT INTO payment_method_limits (type_code, currency, minimum_minor, maximum_minor)
  SELECT code, currency, 1000, 1000000
    FROM unnest(ARRAY[${NEW_TYPES}]) AS code CROSS JOIN unnest(ARRAY['EUR', 'USD']) AS currency;
`;

const REFUNDS = `
  CREATE TABLE cashout_refunds (
    -- Names the refund's journal.
    id uuid NOT NULL CONSTRAINT cashout_refunds_pk PRIMARY KEY,
    cashout_id uuid NOT NULL CONSTRAINT cashout_refunds_cashout_fk REFERENCES cashouts (id),
    amount_minor bigint NOT NULL CONSTRAINT cashout_refunds_amount_positive CHECK (amount_minor > 0),
    comment text,
    created_by uuid NOT NULL CONSTRAINT cashout_refunds_created_by_fk REFERENCES users (id),
    created_at timestamptz NOT NULL
  );
  CREATE INDEX cashout_refunds_cashout_idx ON cashout_refunds (cashout_id, id);
  -- A payment came back as a whole until now, by a journal that the cash-out named.
  INSERT INTO cashout_refunds (id, cashout_id, amount_minor, comment, created_by, created_at)
  SELECT id, id, amount_minor, comment, coalesce(finished_by, requested_by), finished_at FROM cashouts WHERE state = 'refund';
  CREATE TRIGGER cashout_refunds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cashout_refunds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  ALTER TABLE cashouts ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0;
  UPDATE cashouts SET refunded_minor = amount_minor WHERE state = 'refund';
  ALTER TABLE cashouts
    ADD CONSTRAINT cashouts_refunded_part CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    ADD CONSTRAINT cashouts_refunded_by_state CHECK ((state = 'refund') = (refunded_minor > 0));
`;

const LISTS = `
  CREATE INDEX cashouts_finished_idx ON cashouts (coalesce(finished_at, timestamptz '9999-12-31T00:00:00Z'), id);
  CREATE INDEX cashouts_amount_idx ON cashouts (currency, amount_minor, id);
  -- What is earned and not yet paid to the wallet, whatever the number of bills that were.
  CREATE INDEX bills_open_partner_idx ON bills (partner_id) WHERE state IN ('pending', 'on_hold');
`;

const CORRECTIONS = `
  CREATE TABLE balance_corrections (
    id uuid NOT NULL CONSTRAINT balance_corrections_pk PRIMARY KEY,
    owner_id uuid NOT NULL,
    currency text NOT NULL,
    -- Above zero adds to the available balance, below zero takes off.
    amount_minor bigint NOT NULL CONSTRAINT balance_corrections_amount_not_zero CHECK (amount_minor <> 0),
    comment text NOT NULL,
    -- The operator confirmed that it may take the balance below zero.
    may_overdraw boolean NOT NULL,
    state text NOT NULL
      CONSTRAINT balance_corrections_state_known CHECK (state IN ('pending', 'posted', 'rejected')),
    requested_by uuid NOT NULL CONSTRAINT balance_corrections_requested_by_fk REFERENCES users (id),
    created_at timestamptz NOT NULL,
    -- The second operator, where one was needed.
    decided_by uuid CONSTRAINT balance_corrections_decided_by_fk REFERENCES users (id),
    decided_at timestamptz,
    decision_comment text,
    CONSTRAINT balance_corrections_by_two CHECK (decided_by <> requested_by),
    CONSTRAINT balance_corrections_decision_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT balance_corrections_decided CHECK (
      CASE state WHEN 'pending' THEN decided_by IS NULL WHEN 'rejected' THEN decided_by IS NOT NULL ELSE true END)
  );
  CREATE INDEX balance_corrections_owner_idx ON balance_corrections (owner_id, id);
  CREATE INDEX balance_corrections_state_idx ON balance_corrections (state, id);
`;

/** Available goes below zero only by a correction that an operator confirmed; from there it only goes up. */
const OVERDRAWING = `
  ALTER TABLE ledger_accounts
    DROP CONSTRAINT ledger_accounts_not_negative,
    ADD CONSTRAINT ledger_accounts_not_negative
      CHECK (balance_minor >= 0 OR allow_negative OR kind = 'available');

  CREATE FUNCTION ledger_refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    -- Set by the correction for its own posting only.
    IF current_setting('tributary.may_overdraw', true) = NEW.owner_id || ' ' || NEW.currency THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'account % would go below zero', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_not_negative';
  END $$;
  CREATE TRIGGER ledger_accounts_not_overdrawn BEFORE UPDATE OF balance_minor ON ledger_accounts
    FOR EACH ROW
    WHEN (NEW.kind = 'available' AND NEW.balance_minor < 0 AND NEW.balance_minor < OLD.balance_minor)
    EXECUTE FUNCTION ledger_refuse_overdraft();
`;
