import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What creators publish for offers: each step of it, versions, evidence, comments and history (T05, T06). */
export class Publications1763000000163 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PUBLICATIONS);
    await runner.query(WORK);
    await runner.query(subscriptions("'news', 'bills', 'cashouts', 'reports', 'postbacks', 'publications'"));
  }

  /** Fails where somebody unsubscribed from mails about publications: that would be lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(subscriptions("'news', 'bills', 'cashouts', 'reports', 'postbacks'"));
    await runner.query(`
      DROP TABLE publication_history, publication_comments, publication_files, publication_submissions, publications;
    `);
  }
}

const PUBLICATIONS = `
  CREATE TABLE publications (
    id                uuid        NOT NULL,
    offer_id          uuid        NOT NULL,
    brand_id          uuid        NOT NULL,
    partner_id        uuid        NOT NULL,
    -- Where it is published; gone when the partner is erased.
    social_account_id uuid,
    platform          text        NOT NULL,
    step              text        NOT NULL,
    step_at           timestamptz NOT NULL,
    -- Until when the creator must hand in.
    deadline_at       timestamptz,
    -- When it is confirmed in the brand's place; null where the brand has to decide.
    confirm_at        timestamptz,
    declines          integer     NOT NULL,
    -- Credited when it is confirmed; null where nothing is.
    reward_minor      bigint,
    currency          text        NOT NULL,
    rejection_reason  text,
    created_at        timestamptz NOT NULL,
    reversed_at       timestamptz,
    reversal_reason   text,
    CONSTRAINT publications_pk PRIMARY KEY (id),
    CONSTRAINT publications_offer_fk FOREIGN KEY (offer_id) REFERENCES offers (id),
    CONSTRAINT publications_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT publications_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT publications_account_fk FOREIGN KEY (social_account_id) REFERENCES social_accounts (id) ON DELETE SET NULL,
    CONSTRAINT publications_step_known CHECK (step IN ('moderation', 'content_review', 'review_of_content', 'scheduled',
      'review_of_publication', 'confirmed', 'rejected', 'overdue')),
    CONSTRAINT publications_deadline CHECK ((step IN ('content_review', 'scheduled')) = (deadline_at IS NOT NULL)),
    CONSTRAINT publications_confirm_at CHECK (confirm_at IS NULL OR step = 'review_of_publication'),
    CONSTRAINT publications_declines CHECK (declines BETWEEN 0 AND 3),
    CONSTRAINT publications_reward CHECK (reward_minor > 0),
    CONSTRAINT publications_rejection CHECK ((step = 'rejected') = (rejection_reason IS NOT NULL)),
    CONSTRAINT publications_reversal CHECK (
      num_nulls(reversed_at, reversal_reason) = 2 OR (num_nulls(reversed_at, reversal_reason) = 0 AND step = 'confirmed'))
  );
  -- Who was overdue may start anew; who was rejected may not.
  CREATE UNIQUE INDEX publications_one_at_an_offer ON publications (offer_id, partner_id) WHERE step <> 'overdue';
  CREATE INDEX publications_offer_idx ON publications (offer_id, id);
  CREATE INDEX publications_brand_idx ON publications (brand_id, id);
  CREATE INDEX publications_partner_idx ON publications (partner_id, id);
  CREATE INDEX publications_deadline_idx ON publications (deadline_at) WHERE deadline_at IS NOT NULL;
  CREATE INDEX publications_confirm_idx ON publications (confirm_at) WHERE confirm_at IS NOT NULL;
`;

const WORK = `
  CREATE TABLE publication_submissions (
    id             uuid        NOT NULL,
    publication_id uuid        NOT NULL,
    partner_id     uuid        NOT NULL,
    kind           text        NOT NULL,
    version        integer     NOT NULL,
    note           text,
    links          text[]      NOT NULL,
    submitted_by   uuid        NOT NULL,
    submitted_at   timestamptz NOT NULL,
    decision       text,
    reason         text,
    decided_at     timestamptz,
    CONSTRAINT publication_submissions_pk PRIMARY KEY (id),
    CONSTRAINT publication_submissions_publication_fk FOREIGN KEY (publication_id) REFERENCES publications (id),
    CONSTRAINT publication_submissions_version_unique UNIQUE (publication_id, kind, version),
    CONSTRAINT publication_submissions_kind_known CHECK (kind IN ('content', 'evidence')),
    CONSTRAINT publication_submissions_version CHECK (version > 0),
    CONSTRAINT publication_submissions_decision_known CHECK (decision IN ('approved', 'declined')),
    CONSTRAINT publication_submissions_decided CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT publication_submissions_reason CHECK (coalesce(decision = 'declined', false) = (reason IS NOT NULL))
  );

  CREATE TABLE publication_files (
    id             uuid        NOT NULL,
    publication_id uuid        NOT NULL,
    partner_id     uuid        NOT NULL,
    -- Null until it is handed in.
    submission_id  uuid,
    file_name      text        NOT NULL,
    media_type     text        NOT NULL,
    size_bytes     bigint      NOT NULL,
    uploaded_by    uuid        NOT NULL,
    uploaded_at    timestamptz NOT NULL,
    CONSTRAINT publication_files_pk PRIMARY KEY (id),
    CONSTRAINT publication_files_publication_fk FOREIGN KEY (publication_id) REFERENCES publications (id),
    CONSTRAINT publication_files_submission_fk FOREIGN KEY (submission_id) REFERENCES publication_submissions (id),
    CONSTRAINT publication_files_size CHECK (size_bytes > 0)
  );
  CREATE INDEX publication_files_publication_idx ON publication_files (publication_id, id);
  CREATE INDEX publication_files_partner_idx ON publication_files (partner_id, id);

  CREATE TABLE publication_comments (
    id             uuid        NOT NULL,
    publication_id uuid        NOT NULL,
    partner_id     uuid        NOT NULL,
    side           text        NOT NULL,
    author_id      uuid        NOT NULL,
    text           text        NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT publication_comments_pk PRIMARY KEY (id),
    CONSTRAINT publication_comments_publication_fk FOREIGN KEY (publication_id) REFERENCES publications (id),
    CONSTRAINT publication_comments_side_known CHECK (side IN ('partner', 'brand'))
  );
  CREATE INDEX publication_comments_publication_idx ON publication_comments (publication_id, id);

  CREATE TABLE publication_history (
    id              uuid        NOT NULL,
    publication_id  uuid        NOT NULL,
    partner_id      uuid        NOT NULL,
    action          text        NOT NULL,
    from_step       text,
    to_step         text        NOT NULL,
    side            text        NOT NULL,
    actor_id        uuid,
    impersonator_id uuid,
    reason          text,
    occurred_at     timestamptz NOT NULL,
    CONSTRAINT publication_history_pk PRIMARY KEY (id),
    CONSTRAINT publication_history_publication_fk FOREIGN KEY (publication_id) REFERENCES publications (id),
    CONSTRAINT publication_history_side_known CHECK (side IN ('partner', 'brand', 'operator', 'system')),
    CONSTRAINT publication_history_actor CHECK ((side = 'system') = (actor_id IS NULL))
  );
  CREATE INDEX publication_history_publication_idx ON publication_history (publication_id, id);
  CREATE TRIGGER publication_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/** Which kinds of mail one may unsubscribe from. */
function subscriptions(kinds: string): string {
  return `
    ALTER TABLE users DROP CONSTRAINT users_mail_opt_outs_known,
      ADD CONSTRAINT users_mail_opt_outs_known CHECK (mail_opt_outs <@ ARRAY[${kinds}]);`;
}
