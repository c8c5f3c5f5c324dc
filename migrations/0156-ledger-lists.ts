import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Balances of many accounts are moved by one statement again. */
export class LedgerLists1763000000156 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(POST);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(FORMER_POST);
  }
}

/** Stands for the house where an index wants an owner. */
const HOUSE = '00000000-0000-0000-0000-000000000000';

const POST = `
  CREATE OR REPLACE FUNCTION ledger_post(
    ids uuid[], kinds text[], refs text[], memos text[], reversed uuid[], times timestamptz[],
    journal_of int[], owners uuid[], shards smallint[], accounts text[], currencies text[], amounts bigint[]
  ) RETURNS TABLE (posted_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off SET enable_nestloop = off AS $$
  DECLARE
    account_ids uuid[];
    fresh boolean[];
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

    -- The ids are said twice, so that the accounts are found by them, once, and joined with the sums by hash.
    UPDATE ledger_accounts a SET balance_minor = a.balance_minor + c.change, version = a.version + c.entries
      FROM (SELECT e.account_id, sum(e.amount) AS change, count(*) AS entries
              FROM unnest(journal_of, account_ids, amounts) AS e (journal, account_id, amount)
             WHERE fresh[e.journal] GROUP BY e.account_id) c
     WHERE a.id = ANY (account_ids) AND a.id = c.account_id;

    RETURN QUERY
      SELECT CASE WHEN j.is_fresh THEN j.id
                  ELSE (SELECT k.id FROM ledger_journals k WHERE k.kind = j.kind AND k.reference = j.reference) END,
             j.is_fresh
        FROM unnest(ids, kinds, refs, fresh) AS j (id, kind, reference, is_fresh);
  END $$;
`;

const FORMER_POST = `
  CREATE OR REPLACE FUNCTION ledger_post(
    ids uuid[], kinds text[], refs text[], memos text[], reversed uuid[], times timestamptz[],
    journal_of int[], owners uuid[], shards smallint[], accounts text[], currencies text[], amounts bigint[]
  ) RETURNS TABLE (posted_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off AS $$
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
