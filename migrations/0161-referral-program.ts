import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The referral program: its terms, everybody's code, and who came by whose (T11, rules §8). */
export class ReferralProgram1763000000161 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The latest ones hold for codes entered from then on; what was promised before stays.
      CREATE TABLE referral_terms (
        id                  uuid        NOT NULL,
        -- Whether codes are taken at all.
        open                boolean     NOT NULL,
        currency            text        NOT NULL,
        inviter_bonus_minor bigint      NOT NULL,
        invited_bonus_minor bigint      NOT NULL,
        -- Amounts in different currencies, of which one must be earned: [{"currency", "minor"}].
        minimum_earnings    jsonb       NOT NULL,
        window_days         integer     NOT NULL,
        hold_days           integer     NOT NULL,
        how_it_works        text[]      NOT NULL,
        created_at          timestamptz NOT NULL,
        created_by          uuid        NOT NULL,
        CONSTRAINT referral_terms_pk PRIMARY KEY (id),
        CONSTRAINT referral_terms_bonus CHECK (least(inviter_bonus_minor, invited_bonus_minor) >= 0
                                               AND greatest(inviter_bonus_minor, invited_bonus_minor) > 0),
        CONSTRAINT referral_terms_days CHECK (window_days BETWEEN 1 AND 365 AND hold_days BETWEEN 0 AND 90)
      );
      CREATE TRIGGER referral_terms_for_good BEFORE UPDATE OR DELETE OR TRUNCATE ON referral_terms
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE referral_codes (
        partner_id uuid        NOT NULL,
        code       text        NOT NULL,
        made_at    timestamptz NOT NULL,
        CONSTRAINT referral_codes_pk PRIMARY KEY (partner_id),
        CONSTRAINT referral_codes_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT referral_codes_once UNIQUE (code),
        CONSTRAINT referral_codes_upper CHECK (code = upper(code))
      );

      CREATE TABLE referrals (
        id             uuid        NOT NULL,
        -- Who entered the code; has one inviter for good.
        partner_id     uuid        NOT NULL,
        inviter_id     uuid        NOT NULL,
        terms_id       uuid        NOT NULL,
        entered_at     timestamptz NOT NULL,
        -- Not included: until then the conditions can be fulfilled.
        window_ends_at timestamptz NOT NULL,
        state          text        NOT NULL DEFAULT 'open',
        -- While it is held: when the bonus is paid.
        payable_at     timestamptz,
        rewarded_at    timestamptz,
        ended_at       timestamptz,
        -- Why it was declined, or is or shall be taken back.
        reason         text,
        CONSTRAINT referrals_pk PRIMARY KEY (id),
        CONSTRAINT referrals_partner_once UNIQUE (partner_id),
        CONSTRAINT referrals_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT referrals_inviter_fk FOREIGN KEY (inviter_id) REFERENCES partners (id),
        CONSTRAINT referrals_terms_fk FOREIGN KEY (terms_id) REFERENCES referral_terms (id),
        -- Ids grow with the time of sign-up: nobody is their own inviter, and there are no circles.
        CONSTRAINT referrals_inviter_older CHECK (inviter_id < partner_id),
        CONSTRAINT referrals_state_known CHECK (state IN ('open', 'held', 'rewarded', 'missed', 'declined', 'reversed')),
        CONSTRAINT referrals_held CHECK (state <> 'held' OR payable_at IS NOT NULL),
        CONSTRAINT referrals_rewarded CHECK ((state IN ('rewarded', 'reversed')) = (rewarded_at IS NOT NULL)),
        CONSTRAINT referrals_ended CHECK ((state IN ('missed', 'declined', 'reversed')) = (ended_at IS NOT NULL)),
        CONSTRAINT referrals_reasoned CHECK (state NOT IN ('declined', 'reversed') OR reason IS NOT NULL)
      );
      CREATE INDEX referrals_inviter_idx ON referrals (inviter_id, id);
      CREATE INDEX referrals_unsettled_idx ON referrals (id) WHERE state IN ('open', 'held', 'rewarded');
      CREATE TRIGGER referrals_for_good
        BEFORE DELETE OR TRUNCATE OR UPDATE OF partner_id, inviter_id, terms_id, entered_at, window_ends_at ON referrals
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER referrals_inviter_active BEFORE INSERT ON referrals
        FOR EACH ROW EXECUTE FUNCTION sub_affiliates_inviter_active();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE referrals, referral_codes, referral_terms;');
  }
}
