import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger posts any number of journals at once, and only by `ledger_post`: it runs with its owner's rights, so that
 * the application's role needs none to write. What must hold is checked per statement instead of per row.
 */
export class LedgerPosting1763000000141 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [FORMER_GUARDS_DOWN, CHAIN, GUARDS, POST, HOLD, RIGHTS])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [DOWN, FORMER_GUARDS, FORMER_POST]) await runner.query(statement);
  }
}

/** Stands for the house where an index wants an owner. */
const HOUSE = '00000000-0000-0000-0000-000000000000';

const FORMER_GUARDS_DOWN = `
  DROP TRIGGER ledger_journals_sum_to_zero ON ledger_entries;
  DROP TRIGGER ledger_journals_have_entries ON ledger_journals;
  DROP FUNCTION ledger_entry_balances();
  DROP FUNCTION ledger_journal_has_entries();
  DROP FUNCTION ledger_post(uuid, text, text, text, uuid, timestamptz, uuid[], smallint[], text[], text[], bigint[]);
`;

/** Two entries of one account cannot have the same version. Accounts and journals are never deleted, so what entries refer to is there for good once it was. */
const CHAIN = `
  ALTER TABLE ledger_entries
    ADD CONSTRAINT ledger_entries_version_once UNIQUE (account_id, account_version),
    DROP CONSTRAINT ledger_entries_journal_fk,
    DROP CONSTRAINT ledger_entries_account_fk;
  -- Few journals take another one back.
  ALTER TABLE ledger_journals DROP CONSTRAINT ledger_journals_reversed_once;
  CREATE UNIQUE INDEX ledger_journals_reversed_once ON ledger_journals (reverses_id) WHERE reverses_id IS NOT NULL;
  CREATE TRIGGER ledger_accounts_kept BEFORE DELETE OR TRUNCATE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/** A journal and its entries are written by one statement, and both are looked at when it ends. */
const GUARDS = `
  CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
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
  CREATE TRIGGER ledger_entries_checked AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();

  CREATE FUNCTION ledger_check_journals() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    fault uuid;
  BEGIN
    SELECT j.id INTO fault FROM added j
     WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.journal_id = j.id) LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'journal % has no entries', fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journals_have_entries';
  END $$;
  CREATE TRIGGER ledger_journals_checked AFTER INSERT ON ledger_journals
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_journals();
`;

/**
 * Posts journals, each once per kind and reference. Journal n is ids[n], kinds[n], …; entry n, of the journal
 * journal_of[n], is owners[n], shards[n], …. Gives each journal's id, and whether it was posted now, in their order.
 * Its plans fit one journal as well as thousands: every look is by an index, and nothing is joined with a list.
 */
const POST = `
  CREATE FUNCTION ledger_post(
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

/** Freezing waits for the postings under way, and lets none begin before it is committed. */
const HOLD = `
  CREATE FUNCTION ledger_hold(owners uuid[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM ledger_accounts WHERE owner_id = ANY (owners) ORDER BY id FOR UPDATE;
  $$;
`;

/** What the application's role may do with a table where that is less than reading and writing. */
const RIGHTS = `
  REVOKE EXECUTE ON FUNCTION ledger_hold(uuid[]) FROM PUBLIC;
  REVOKE EXECUTE ON FUNCTION ledger_post(
    uuid[], text[], text[], text[], uuid[], timestamptz[], int[], uuid[], smallint[], text[], text[], bigint[]
  ) FROM PUBLIC;
  CREATE TABLE restricted_tables (
    name text NOT NULL CONSTRAINT restricted_tables_pk PRIMARY KEY,
    privileges text[] NOT NULL
  );
  INSERT INTO restricted_tables (name, privileges) VALUES
    ('ledger_accounts', '{SELECT}'), ('ledger_journals', '{SELECT}'), ('ledger_entries', '{SELECT}'),
    ('migrations', '{SELECT}'), ('restricted_tables', '{SELECT}');
`;

const DOWN = `
  DROP TABLE restricted_tables;
  DROP FUNCTION ledger_hold(uuid[]);
  DROP FUNCTION ledger_post(
    uuid[], text[], text[], text[], uuid[], timestamptz[], int[], uuid[], smallint[], text[], text[], bigint[]
  );
  DROP TRIGGER ledger_journals_checked ON ledger_journals;
  DROP TRIGGER ledger_entries_checked ON ledger_entries;
  DROP FUNCTION ledger_check_journals();
  DROP FUNCTION ledger_check_entries();
  DROP TRIGGER ledger_accounts_kept ON ledger_accounts;
  DROP INDEX ledger_journals_reversed_once;
  ALTER TABLE ledger_journals ADD CONSTRAINT ledger_journals_reversed_once UNIQUE (reverses_id);
  ALTER TABLE ledger_entries
    DROP CONSTRAINT ledger_entries_version_once,
    ADD CONSTRAINT ledger_entries_journal_fk FOREIGN KEY (journal_id) REFERENCES ledger_journals (id),
    ADD CONSTRAINT ledger_entries_account_fk FOREIGN KEY (account_id) REFERENCES ledger_accounts (id);
`;

const FORMER_GUARDS = `
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
`;

const FORMER_POST = `
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
