import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Double-entry ledger, payment method types with their limits, payment methods and cash-outs (rules §1, §4). */
export class Wallet1763000000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [LEDGER, LEDGER_GUARDS, FREEZES, LEDGER_POST, METHODS, DEFAULT_TYPES, CASHOUTS]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE cashouts, payment_methods, payment_method_limits, payment_method_types;
      DROP FUNCTION ledger_post(uuid, text, text, text, uuid, timestamptz, uuid[], smallint[], text[], text[], bigint[]);
      DROP TABLE wallet_freezes, ledger_entries, ledger_journals, ledger_accounts;
      DROP FUNCTION ledger_entry_balances();
      DROP FUNCTION ledger_journal_has_entries();
      DROP FUNCTION ledger_append_only();
    `);
  }
}

const LEDGER = `
  CREATE TABLE ledger_accounts (
    id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT ledger_accounts_pk PRIMARY KEY,
    -- Null for the house's own accounts.
    owner_id uuid,
    -- House accounts are split so that a hot one does not serialise all postings; an owner's have shard 0.
    shard smallint NOT NULL DEFAULT 0,
    kind text NOT NULL,
    currency text NOT NULL,
    balance_minor bigint NOT NULL DEFAULT 0,
    allow_negative boolean NOT NULL DEFAULT false,
    -- Number of entries; each entry keeps the version that it made.
    version bigint NOT NULL DEFAULT 0,
    CONSTRAINT ledger_accounts_kind_known
      CHECK (kind IN ('available', 'processing', 'paid', 'commission_expense', 'balance_correction')),
    CONSTRAINT ledger_accounts_owner_by_kind
      CHECK ((kind IN ('available', 'processing', 'paid')) = (owner_id IS NOT NULL)),
    CONSTRAINT ledger_accounts_shard_known CHECK (shard BETWEEN 0 AND 15 AND (owner_id IS NULL OR shard = 0)),
    CONSTRAINT ledger_accounts_not_negative CHECK (balance_minor >= 0 OR allow_negative)
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX ledger_accounts_once ON ledger_accounts
    (coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), kind, currency, shard);
  CREATE INDEX ledger_accounts_owner_idx ON ledger_accounts (owner_id) WHERE owner_id IS NOT NULL;

  CREATE TABLE ledger_journals (
    id uuid NOT NULL CONSTRAINT ledger_journals_pk PRIMARY KEY,
    kind text NOT NULL,
    reference text NOT NULL,
    memo text,
    reverses_id uuid
      CONSTRAINT ledger_journals_reverses_fk REFERENCES ledger_journals (id)
      CONSTRAINT ledger_journals_reversed_once UNIQUE,
    created_at timestamptz NOT NULL,
    CONSTRAINT ledger_journals_once UNIQUE (kind, reference)
  );

  CREATE TABLE ledger_entries (
    journal_id uuid NOT NULL CONSTRAINT ledger_entries_journal_fk REFERENCES ledger_journals (id),
    account_id uuid NOT NULL CONSTRAINT ledger_entries_account_fk REFERENCES ledger_accounts (id),
    amount_minor bigint NOT NULL CONSTRAINT ledger_entries_amount_not_zero CHECK (amount_minor <> 0),
    balance_after_minor bigint NOT NULL,
    account_version bigint NOT NULL,
    CONSTRAINT ledger_entries_pk PRIMARY KEY (journal_id, account_id)
  );
  CREATE INDEX ledger_entries_account_idx ON ledger_entries (account_id, journal_id);
`;

const LEDGER_GUARDS = `
  CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (
      SELECT FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
       WHERE e.journal_id = NEW.journal_id GROUP BY a.currency HAVING sum(e.amount_minor) <> 0
    ) THEN
      RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_sum_to_zero';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER ledger_journals_sum_to_zero AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

  CREATE FUNCTION ledger_journal_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE journal_id = NEW.id) THEN
      RAISE EXCEPTION 'journal % has no entries', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_have_entries';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER ledger_journals_have_entries AFTER INSERT ON ledger_journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_journal_has_entries();

  CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: a mistake is reversed by a new journal', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER ledger_journals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
  CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
`;

/** Wallets in which nothing moves because reconciliation found something wrong (rule 1.6). */
const FREEZES = `
  CREATE TABLE wallet_freezes (
    -- An owner's latest freeze; the ones before it are in the audit log, which has every lifting.
    owner_id uuid NOT NULL CONSTRAINT wallet_freezes_pk PRIMARY KEY,
    frozen_at timestamptz NOT NULL,
    reason text NOT NULL,
    -- The freeze holds until this is set.
    lifted_at timestamptz,
    lifted_by uuid CONSTRAINT wallet_freezes_lifted_by_fk REFERENCES users (id),
    lift_comment text,
    CONSTRAINT wallet_freezes_lifted_by_somebody
      CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_comment IS NULL))
  );
`;

/** One round trip per journal. The arrays are parallel: entry n is owners[n], shards[n], kinds[n], … */
const LEDGER_POST = `
  CREATE FUNCTION ledger_post(
    new_journal_id uuid, journal_kind text, journal_reference text, journal_memo text, reversed_id uuid,
    posted_at timestamptz, owners uuid[], shards smallint[], kinds text[], currencies text[], amounts bigint[],
    OUT journal_id uuid, OUT posted boolean
  ) LANGUAGE plpgsql AS $$
  DECLARE
    house CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    account_ids uuid[];
  BEGIN
    INSERT INTO ledger_journals (id, kind, reference, memo, reverses_id, created_at)
    VALUES (new_journal_id, journal_kind, journal_reference, journal_memo, reversed_id, posted_at)
    ON CONFLICT ON CONSTRAINT ledger_journals_once DO NOTHING;
    posted := FOUND;
    IF NOT posted THEN
      SELECT j.id INTO journal_id FROM ledger_journals j
       WHERE j.kind = journal_kind AND j.reference = journal_reference;
      RETURN;
    END IF;
    journal_id := new_journal_id;

    -- Accounts come into being with their first entry; always in the same order, so that two who make them agree.
    INSERT INTO ledger_accounts (owner_id, shard, kind, currency, allow_negative)
    SELECT e.owner_id, e.shard, e.kind, e.currency, e.owner_id IS NULL
      FROM unnest(owners, shards, kinds, currencies) AS e (owner_id, shard, kind, currency)
     WHERE NOT EXISTS (
       SELECT FROM ledger_accounts a
        WHERE coalesce(a.owner_id, house) = coalesce(e.owner_id, house)
          AND a.kind = e.kind AND a.currency = e.currency AND a.shard = e.shard)
     ORDER BY e.owner_id, e.kind, e.currency, e.shard
    ON CONFLICT DO NOTHING;

    SELECT array_agg(a.id ORDER BY e.position) INTO account_ids
      FROM unnest(owners, shards, kinds, currencies) WITH ORDINALITY AS e (owner_id, shard, kind, currency, position)
      JOIN ledger_accounts a
        ON coalesce(a.owner_id, house) = coalesce(e.owner_id, house)
       AND a.kind = e.kind AND a.currency = e.currency AND a.shard = e.shard;

    -- Locked in id order, whatever the entries' order: opposite transfers queue instead of deadlocking.
    PERFORM FROM ledger_accounts a WHERE a.id = ANY (account_ids) ORDER BY a.id FOR UPDATE;

    -- After the locks, which a freeze takes too: whoever waited for it sees it.
    IF EXISTS (SELECT FROM wallet_freezes f WHERE f.owner_id = ANY (owners) AND f.lifted_at IS NULL) THEN
      RAISE EXCEPTION 'a wallet that this journal touches is frozen'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_owner_not_frozen';
    END IF;

    WITH moved AS (
      UPDATE ledger_accounts a SET balance_minor = a.balance_minor + e.amount, version = a.version + 1
        FROM unnest(account_ids, amounts) AS e (account_id, amount)
       WHERE a.id = e.account_id
      RETURNING a.id, e.amount, a.balance_minor, a.version
    )
    INSERT INTO ledger_entries (journal_id, account_id, amount_minor, balance_after_minor, account_version)
    SELECT new_journal_id, m.id, m.amount, m.balance_minor, m.version FROM moved m;
  END $$;
`;

const METHODS = `
  CREATE TABLE payment_method_types (
    code text NOT NULL CONSTRAINT payment_method_types_pk PRIMARY KEY,
    title text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    position smallint NOT NULL,
    updated_at timestamptz NOT NULL
  );

  -- A type pays in the currencies that have a row here.
  CREATE TABLE payment_method_limits (
    type_code text NOT NULL CONSTRAINT payment_method_limits_type_fk REFERENCES payment_method_types (code),
    currency text NOT NULL,
    minimum_minor bigint NOT NULL,
    maximum_minor bigint NOT NULL,
    CONSTRAINT payment_method_limits_pk PRIMARY KEY (type_code, currency),
    CONSTRAINT payment_method_limits_ordered CHECK (minimum_minor > 0 AND maximum_minor >= minimum_minor)
  );

  CREATE TABLE payment_methods (
    id uuid NOT NULL CONSTRAINT payment_methods_pk PRIMARY KEY,
    owner_id uuid NOT NULL,
    type_code text NOT NULL CONSTRAINT payment_methods_type_fk REFERENCES payment_method_types (code),
    -- JSON of the fields, encrypted. Kept after a deletion: finished cash-outs were paid to it.
    sealed_fields text NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
  );
  CREATE UNIQUE INDEX payment_methods_one_per_type ON payment_methods (owner_id, type_code) WHERE deleted_at IS NULL;
`;

const DEFAULT_TYPES = `
  INSERT INTO payment_method_types (code, title, position, updated_at) VALUES
    ('bank_transfer', 'Bank transfer', 1, now()),
    ('paypal', 'PayPal', 2, now()),
    ('crypto_address', 'Crypto address', 3, now()),
    ('other', 'Other', 4, now());

  INSERT INTO payment_method_limits (type_code, currency, minimum_minor, maximum_minor) VALUES
    ('bank_transfer', 'EUR', 1000, 5000000),
    ('bank_transfer', 'GBP', 1000, 5000000),
    ('bank_transfer', 'USD', 1000, 5000000),
    ('paypal', 'EUR', 1000, 1000000),
    ('paypal', 'GBP', 1000, 1000000),
    ('paypal', 'USD', 1000, 1000000),
    ('crypto_address', 'EUR', 1000, 5000000),
    ('crypto_address', 'USD', 1000, 5000000),
    ('crypto_address', 'BTC', 50000, 100000000),
    ('crypto_address', 'USDT', 10000000, 50000000000),
    ('other', 'EUR', 1000, 1000000),
    ('other', 'GBP', 1000, 1000000),
    ('other', 'USD', 1000, 1000000);
`;

const CASHOUTS = `
  CREATE TABLE cashouts (
    id uuid NOT NULL CONSTRAINT cashouts_pk PRIMARY KEY,
    owner_id uuid NOT NULL,
    payment_method_id uuid NOT NULL CONSTRAINT cashouts_payment_method_fk REFERENCES payment_methods (id),
    currency text NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT cashouts_amount_positive CHECK (amount_minor > 0),
    state text NOT NULL
      CONSTRAINT cashouts_state_known CHECK (state IN ('pending', 'success', 'cancelled', 'refund')),
    comment text,
    requested_by uuid NOT NULL CONSTRAINT cashouts_requested_by_fk REFERENCES users (id),
    created_at timestamptz NOT NULL,
    -- When the payment was accepted; a refund names it as its original.
    accepted_at timestamptz,
    -- When the present, no longer pending state was reached, and by whom.
    finished_at timestamptz,
    finished_by uuid CONSTRAINT cashouts_finished_by_fk REFERENCES users (id),
    CONSTRAINT cashouts_finish_has_time CHECK ((state = 'pending') = (finished_at IS NULL)),
    CONSTRAINT cashouts_payment_has_time CHECK ((state IN ('success', 'refund')) = (accepted_at IS NOT NULL))
  );
  CREATE INDEX cashouts_owner_idx ON cashouts (owner_id, id);
  CREATE INDEX cashouts_state_idx ON cashouts (state, id);
  CREATE INDEX cashouts_pending_method_idx ON cashouts (payment_method_id) WHERE state = 'pending';
`;
