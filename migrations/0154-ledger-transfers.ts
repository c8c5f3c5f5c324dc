import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Two entries are posted by a function of their own, at a fraction of the work of a list; plans never read whole tables. */
export class LedgerTransfers1763000000154 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TRANSFER, POST, CHECKS, PLANS, FIXED]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [DOWN, FORMER_POST, FORMER_CHECKS]) await runner.query(statement);
  }
}

/** Stands for the house where an index wants an owner. */
const HOUSE = '00000000-0000-0000-0000-000000000000';

const account = (side: 'payer' | 'payee'): string => `
  SELECT id FROM ledger_accounts
   WHERE coalesce(owner_id, '${HOUSE}') = coalesce(${side}, '${HOUSE}') AND kind = ${side}_kind
     AND currency = moved_currency AND shard = ${side}_shard`;

/** Posts a journal of two entries, once per kind and reference; gives the id of the journal, which is another one when it was there before. */
const TRANSFER = `
  CREATE FUNCTION ledger_transfer(
    new_id uuid, journal_kind text, journal_reference text, journal_memo text, reversed uuid, posted_at timestamptz,
    payer uuid, payer_shard smallint, payer_kind text, payee uuid, payee_shard smallint, payee_kind text,
    moved_currency text, moved bigint
  ) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  DECLARE
    payer_account uuid;
    payee_account uuid;
  BEGIN
    LOOP
      SELECT (${account('payer')}), (${account('payee')}) INTO payer_account, payee_account;
      EXIT WHEN payer_account IS NOT NULL AND payee_account IS NOT NULL;
      -- Accounts come into being with their first entry; always in the same order, so that two who make them agree.
      INSERT INTO ledger_accounts (owner_id, shard, kind, currency, allow_negative)
      SELECT DISTINCT e.owner_id, e.shard, e.kind, moved_currency, e.owner_id IS NULL
        FROM (VALUES (payer, payer_shard, payer_kind), (payee, payee_shard, payee_kind)) AS e (owner_id, shard, kind)
       ORDER BY e.owner_id, e.kind, e.shard
      ON CONFLICT DO NOTHING;
    END LOOP;
    -- Locked in id order, whatever the entries' order: opposite transfers queue instead of deadlocking.
    PERFORM FROM ledger_accounts WHERE id IN (payer_account, payee_account) ORDER BY id FOR UPDATE;

    -- After the locks: whoever posts the same journal has the same accounts.
    WITH journal AS (
      INSERT INTO ledger_journals (id, kind, reference, memo, reverses_id, created_at)
      VALUES (new_id, journal_kind, journal_reference, journal_memo, reversed, posted_at)
      ON CONFLICT ON CONSTRAINT ledger_journals_once DO NOTHING RETURNING id
    ), changed AS (
      UPDATE ledger_accounts
         SET balance_minor = balance_minor + CASE id WHEN payer_account THEN -moved ELSE moved END, version = version + 1
       WHERE id IN (payer_account, payee_account) AND EXISTS (SELECT FROM journal)
      RETURNING id, balance_minor, version
    )
    INSERT INTO ledger_entries (journal_id, account_id, amount_minor, balance_after_minor, account_version)
    SELECT new_id, id, CASE id WHEN payer_account THEN -moved ELSE moved END, balance_minor, version FROM changed;
    IF FOUND THEN RETURN new_id; END IF;
    RETURN (SELECT id FROM ledger_journals WHERE kind = journal_kind AND reference = journal_reference);
  END $$;
  REVOKE EXECUTE ON FUNCTION ledger_transfer(
    uuid, text, text, text, uuid, timestamptz, uuid, smallint, text, uuid, smallint, text, text, bigint
  ) FROM PUBLIC;
`;

/** Posts journals as before, but finds every row by a look of its own, which no plan can turn into reading a whole table. */
const POST = `
  CREATE OR REPLACE FUNCTION ledger_post(
    ids uuid[], kinds text[], refs text[], memos text[], reversed uuid[], times timestamptz[],
    journal_of int[], owners uuid[], shards smallint[], accounts text[], currencies text[], amounts bigint[]
  ) RETURNS TABLE (posted_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  DECLARE
    account_ids uuid[];
    fresh boolean[];
    changed_id uuid;
    change bigint;
    entries bigint;
  BEGIN
    LOOP
      SELECT array_agg((SELECT a.id FROM ledger_accounts a
                         WHERE coalesce(a.owner_id, '${HOUSE}') = coalesce(e.owner_id, '${HOUSE}')
                           AND a.kind = e.kind AND a.currency = e.currency AND a.shard = e.shard) ORDER BY e.position)
        INTO account_ids
        FROM unnest(owners, shards, accounts, currencies) WITH ORDINALITY
             AS e (owner_id, shard, kind, currency, position);
      EXIT WHEN array_position(account_ids, NULL) IS NULL;
      -- Accounts come into being with their first entry; always in the same order, so that two who make them agree.
      INSERT INTO ledger_accounts (owner_id, shard, kind, currency, allow_negative)
      SELECT DISTINCT e.owner_id, e.shard, e.kind, e.currency, e.owner_id IS NULL
        FROM unnest(owners, shards, accounts, currencies) AS e (owner_id, shard, kind, currency)
       ORDER BY e.owner_id, e.kind, e.currency, e.shard
      ON CONFLICT DO NOTHING;
    END LOOP;
    -- Locked in id order, whatever the entries' order: opposite transfers queue instead of deadlocking.
    PERFORM FROM ledger_accounts WHERE id = ANY (account_ids) ORDER BY id FOR UPDATE;

    -- After the locks: whoever posts the same journal has the same accounts.
    SELECT array_agg((SELECT k.id FROM ledger_journals k WHERE k.kind = j.kind AND k.reference = j.reference) IS NULL
                     ORDER BY j.position)
      INTO fresh FROM unnest(kinds, refs) WITH ORDINALITY AS j (kind, reference, position);

    WITH journal AS (
      INSERT INTO ledger_journals (id, kind, reference, memo, reverses_id, created_at)
      SELECT j.id, j.kind, j.reference, j.memo, j.reverses_id, j.created_at
        FROM unnest(ids, kinds, refs, memos, reversed, times, fresh)
             AS j (id, kind, reference, memo, reverses_id, created_at, is_fresh)
       WHERE j.is_fresh
    )
    INSERT INTO ledger_entries (journal_id, account_id, amount_minor, balance_after_minor, account_version)
    SELECT ids[e.journal], e.account_id, e.amount,
           (SELECT a.balance_minor FROM ledger_accounts a WHERE a.id = e.account_id) + sum(e.amount) OVER entries,
           (SELECT a.version FROM ledger_accounts a WHERE a.id = e.account_id) + row_number() OVER entries
      FROM unnest(journal_of, account_ids, amounts) WITH ORDINALITY AS e (journal, account_id, amount, position)
     WHERE fresh[e.journal]
    WINDOW entries AS (PARTITION BY e.account_id ORDER BY e.position);

    FOR changed_id, change, entries IN
      SELECT e.account_id, sum(e.amount), count(*)
        FROM unnest(journal_of, account_ids, amounts) AS e (journal, account_id, amount)
       WHERE fresh[e.journal] GROUP BY e.account_id
    LOOP
      UPDATE ledger_accounts SET balance_minor = balance_minor + change, version = version + entries
       WHERE id = changed_id;
    END LOOP;

    RETURN QUERY
      SELECT CASE WHEN j.is_fresh THEN j.id
                  ELSE (SELECT k.id FROM ledger_journals k WHERE k.kind = j.kind AND k.reference = j.reference) END,
             j.is_fresh
        FROM unnest(ids, kinds, refs, fresh) AS j (id, kind, reference, is_fresh);
  END $$;
`;

const POSTING = `ledger_post(
    uuid[], text[], text[], text[], uuid[], timestamptz[], int[], uuid[], smallint[], text[], text[], bigint[])`;
const MOVING = `ledger_transfer(
    uuid, text, text, text, uuid, timestamptz, uuid, smallint, text, uuid, smallint, text, text, bigint)`;

/** The same looks at what was added as before, each row for itself too. */
const CHECKS = `
  CREATE OR REPLACE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    fault record;
  BEGIN
    SELECT * INTO fault
      FROM (SELECT e.journal_id,
                   bool_or(a.currency IS NULL) OR bool_or(j.id IS NULL) AS orphan,
                   sum(e.amount_minor) <> 0 AS unbalanced,
                   -- After the accounts were locked, which a freeze does too: whoever waited for it sees it.
                   bool_or(f.owner_id IS NOT NULL) AS frozen
              FROM added e
              LEFT JOIN LATERAL (SELECT currency, owner_id FROM ledger_accounts WHERE id = e.account_id LIMIT 1) a ON true
              LEFT JOIN LATERAL (SELECT id FROM ledger_journals WHERE id = e.journal_id LIMIT 1) j ON true
              LEFT JOIN LATERAL (SELECT owner_id FROM wallet_freezes WHERE owner_id = a.owner_id AND lifted_at IS NULL
                                  LIMIT 1) f ON true
             GROUP BY e.journal_id, a.currency) journal
     WHERE orphan OR unbalanced OR frozen
     LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF fault.orphan THEN
      RAISE EXCEPTION 'journal % or an account of its entries does not exist', fault.journal_id
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entries_belong';
    ELSIF fault.unbalanced THEN
      RAISE EXCEPTION 'journal % does not sum to zero', fault.journal_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_sum_to_zero';
    END IF;
    RAISE EXCEPTION 'a wallet that journal % touches is frozen', fault.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_owner_not_frozen';
  END $$;

  CREATE OR REPLACE FUNCTION ledger_check_journals() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    fault uuid;
  BEGIN
    SELECT j.id INTO fault FROM added j
     WHERE (SELECT e.journal_id FROM ledger_entries e WHERE e.journal_id = j.id LIMIT 1) IS NULL LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'journal % has no entries', fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_have_entries';
  END $$;
`;

/**
 * A session keeps its plans, also those made while the tables were small: then reading a whole table is the cheapest way,
 * and stays it while the table grows by thousands of rows a second.
 */
const PLANS = [POSTING, MOVING, 'ledger_check_entries()', 'ledger_check_journals()']
  .map((name) => `ALTER FUNCTION ${name} SET enable_seqscan = off;`)
  .join('\n');

/** What an account is never changes: it is looked at when the account is made and not with every movement. */
const FIXED = `
  ALTER TABLE ledger_accounts
    DROP CONSTRAINT ledger_accounts_kind_known,
    DROP CONSTRAINT ledger_accounts_owner_by_kind,
    DROP CONSTRAINT ledger_accounts_shard_known;
  CREATE FUNCTION ledger_refuse_account() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'there can be no account %/%/% of the owner %', NEW.kind, NEW.currency, NEW.shard, NEW.owner_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_are_known';
  END $$;
  CREATE TRIGGER ledger_accounts_known
    BEFORE INSERT OR UPDATE OF owner_id, shard, kind, currency, allow_negative ON ledger_accounts FOR EACH ROW
    WHEN (NOT coalesce(CASE WHEN NEW.kind IN ('available', 'processing', 'paid') THEN NEW.owner_id IS NOT NULL AND NEW.shard = 0
                   WHEN NEW.kind IN ('commission_expense', 'balance_correction')
                     THEN NEW.owner_id IS NULL AND NEW.shard BETWEEN 0 AND 15
                   ELSE false END, false))
    EXECUTE FUNCTION ledger_refuse_account();
`;

const DOWN = `
  DROP TRIGGER ledger_accounts_known ON ledger_accounts;
  DROP FUNCTION ledger_refuse_account();
  ALTER TABLE ledger_accounts
    ADD CONSTRAINT ledger_accounts_kind_known
      CHECK (kind IN ('available', 'processing', 'paid', 'commission_expense', 'balance_correction')),
    ADD CONSTRAINT ledger_accounts_owner_by_kind
      CHECK ((kind IN ('available', 'processing', 'paid')) = (owner_id IS NOT NULL)),
    ADD CONSTRAINT ledger_accounts_shard_known CHECK (shard BETWEEN 0 AND 15 AND (owner_id IS NULL OR shard = 0));
  DROP FUNCTION ledger_transfer(
    uuid, text, text, text, uuid, timestamptz, uuid, smallint, text, uuid, smallint, text, text, bigint
  );
`;

const FORMER_POST = `
  CREATE OR REPLACE FUNCTION ledger_post(
    ids uuid[], kinds text[], refs text[], memos text[], reversed uuid[], times timestamptz[],
    journal_of int[], owners uuid[], shards smallint[], accounts text[], currencies text[], amounts bigint[]
  ) RETURNS TABLE (posted_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  DECLARE
    found_accounts int;
    fresh boolean[];
  BEGIN
    LOOP
      -- Locked in id order, whatever the entries' order: opposite transfers queue instead of deadlocking.
      PERFORM FROM unnest(owners, shards, accounts, currencies) AS e (owner_id, shard, kind, currency)
        JOIN ledger_accounts a
          ON coalesce(a.owner_id, '${HOUSE}') = coalesce(e.owner_id, '${HOUSE}')
         AND a.kind = e.kind AND a.currency = e.currency AND a.shard = e.shard
       ORDER BY a.id FOR UPDATE OF a;
      GET DIAGNOSTICS found_accounts = ROW_COUNT;
      EXIT WHEN found_accounts = cardinality(owners);
      -- Accounts come into being with their first entry; always in the same order, so that two who make them agree.
      INSERT INTO ledger_accounts (owner_id, shard, kind, currency, allow_negative)
      SELECT DISTINCT e.owner_id, e.shard, e.kind, e.currency, e.owner_id IS NULL
        FROM unnest(owners, shards, accounts, currencies) AS e (owner_id, shard, kind, currency)
       ORDER BY e.owner_id, e.kind, e.currency, e.shard
      ON CONFLICT DO NOTHING;
    END LOOP;

    -- After the locks: whoever posts the same journal has the same accounts.
    SELECT array_agg(NOT EXISTS (SELECT FROM ledger_journals k WHERE k.kind = j.kind AND k.reference = j.reference)
                     ORDER BY j.position)
      INTO fresh FROM unnest(kinds, refs) WITH ORDINALITY AS j (kind, reference, position);

    WITH journal AS (
      INSERT INTO ledger_journals (id, kind, reference, memo, reverses_id, created_at)
      SELECT j.id, j.kind, j.reference, j.memo, j.reverses_id, j.created_at
        FROM unnest(ids, kinds, refs, memos, reversed, times, fresh)
             AS j (id, kind, reference, memo, reverses_id, created_at, is_fresh)
       WHERE j.is_fresh
    ), booked AS (
      SELECT ids[e.journal] AS journal_id, a.id AS account_id, e.amount,
             (a.balance_minor + sum(e.amount) OVER entries)::bigint AS balance_after,
             a.version + row_number() OVER entries AS version,
             lead(e.position) OVER entries IS NULL AS is_last
        FROM unnest(journal_of, owners, shards, accounts, currencies, amounts) WITH ORDINALITY
             AS e (journal, owner_id, shard, kind, currency, amount, position)
        JOIN ledger_accounts a
          ON coalesce(a.owner_id, '${HOUSE}') = coalesce(e.owner_id, '${HOUSE}')
         AND a.kind = e.kind AND a.currency = e.currency AND a.shard = e.shard
       WHERE fresh[e.journal]
      WINDOW entries AS (PARTITION BY a.id ORDER BY e.position)
    ), moved AS (
      UPDATE ledger_accounts a SET balance_minor = b.balance_after, version = b.version
        FROM booked b WHERE b.is_last AND a.id = b.account_id
    )
    INSERT INTO ledger_entries (journal_id, account_id, amount_minor, balance_after_minor, account_version)
    SELECT b.journal_id, b.account_id, b.amount, b.balance_after, b.version FROM booked b;

    RETURN QUERY
      SELECT CASE WHEN j.is_fresh THEN j.id
                  ELSE (SELECT k.id FROM ledger_journals k WHERE k.kind = j.kind AND k.reference = j.reference) END,
             j.is_fresh
        FROM unnest(ids, kinds, refs, fresh) AS j (id, kind, reference, is_fresh);
  END $$;
`;

const FORMER_CHECKS = `
  CREATE OR REPLACE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    fault record;
  BEGIN
    SELECT * INTO fault
      FROM (SELECT e.journal_id,
                   bool_or(a.id IS NULL) OR bool_or(j.id IS NULL) AS orphan,
                   sum(e.amount_minor) <> 0 AS unbalanced,
                   -- After the accounts were locked, which a freeze does too: whoever waited for it sees it.
                   bool_or(a.owner_id IS NOT NULL AND EXISTS (
                     SELECT FROM wallet_freezes f WHERE f.owner_id = a.owner_id AND f.lifted_at IS NULL)) AS frozen
              FROM added e
              LEFT JOIN ledger_accounts a ON a.id = e.account_id
              LEFT JOIN ledger_journals j ON j.id = e.journal_id
             GROUP BY e.journal_id, a.currency) journal
     WHERE orphan OR unbalanced OR frozen
     LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF fault.orphan THEN
      RAISE EXCEPTION 'journal % or an account of its entries does not exist', fault.journal_id
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entries_belong';
    ELSIF fault.unbalanced THEN
      RAISE EXCEPTION 'journal % does not sum to zero', fault.journal_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_sum_to_zero';
    END IF;
    RAISE EXCEPTION 'a wallet that journal % touches is frozen', fault.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_owner_not_frozen';
  END $$;

  CREATE OR REPLACE FUNCTION ledger_check_journals() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    fault uuid;
  BEGIN
    SELECT j.id INTO fault FROM added j
     WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.journal_id = j.id) LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'journal % has no entries', fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_have_entries';
  END $$;
`;
