import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who brought a partner into the program (A08, rules §2.5). */
export class SubAffiliates1763000000116 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sub_affiliates (
        partner_id   uuid        NOT NULL,
        inviter_id   uuid        NOT NULL,
        -- The inviter's, as the link was when it was followed.
        campaign_id  uuid        NOT NULL,
        promo_id     uuid        NOT NULL,
        -- The click, where it is known; visits are partitioned, so nothing refers to them.
        visit_id     uuid,
        connected_at timestamptz NOT NULL,
        -- One inviter for good.
        CONSTRAINT sub_affiliates_pk PRIMARY KEY (partner_id),
        CONSTRAINT sub_affiliates_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT sub_affiliates_inviter_fk FOREIGN KEY (inviter_id) REFERENCES partners (id),
        CONSTRAINT sub_affiliates_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
        CONSTRAINT sub_affiliates_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
        -- Ids grow with the time of sign-up (UUIDv7): nobody is their own inviter, and there are no circles.
        CONSTRAINT sub_affiliates_inviter_older CHECK (inviter_id < partner_id)
      );
      CREATE INDEX sub_affiliates_inviter_idx ON sub_affiliates (inviter_id, partner_id);

      CREATE FUNCTION sub_affiliates_inviter_active() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM partners WHERE id = NEW.inviter_id AND state = 'active' FOR SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'only an active partner invites' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER sub_affiliates_inviter_active BEFORE INSERT ON sub_affiliates
        FOR EACH ROW EXECUTE FUNCTION sub_affiliates_inviter_active();

      -- Only the click may be forgotten, with the partner's personal data.
      CREATE TRIGGER sub_affiliates_for_good
        BEFORE DELETE OR TRUNCATE OR UPDATE OF partner_id, inviter_id, campaign_id, promo_id, connected_at
        ON sub_affiliates FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE sub_affiliates;
      DROP FUNCTION sub_affiliates_inviter_active();
    `);
  }
}
