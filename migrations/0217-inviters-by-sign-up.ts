import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who signed up earlier is told by the time of it: partners of another program have ids of their import, and may have
 * been there longer than whoever signed up here before it. Ids decide where the times are the same.
 */
export class InvitersBySignUp1763000000217 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE referrals DROP CONSTRAINT referrals_inviter_older;

      CREATE FUNCTION referrals_inviter_earlier() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM partners inviter, partners invited
          WHERE inviter.id = NEW.inviter_id AND invited.id = NEW.partner_id
            AND (inviter.created_at, inviter.id) >= (invited.created_at, invited.id);
        IF FOUND THEN
          RAISE EXCEPTION 'an inviter signed up earlier' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER referrals_inviter_earlier BEFORE INSERT ON referrals
        FOR EACH ROW EXECUTE FUNCTION referrals_inviter_earlier();
    `);
  }

  /** What was entered in the meantime stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER referrals_inviter_earlier ON referrals;
      DROP FUNCTION referrals_inviter_earlier();
      ALTER TABLE referrals ADD CONSTRAINT referrals_inviter_older CHECK (inviter_id < partner_id) NOT VALID;
    `);
  }
}
