import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Packages, partners, and their requests with decisions (rules §9.1, §9.2). */
export class PartnerManagement1763000000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE packages (
        id          uuid        NOT NULL,
        name        text        NOT NULL,
        price_minor bigint      NOT NULL,
        currency    text        NOT NULL,
        -- Taken when a sign-up names no package.
        is_default  boolean     NOT NULL DEFAULT false,
        active      boolean     NOT NULL DEFAULT true,
        created_at  timestamptz NOT NULL,
        CONSTRAINT packages_pk PRIMARY KEY (id),
        CONSTRAINT packages_name_unique UNIQUE (name),
        CONSTRAINT packages_price_not_negative CHECK (price_minor >= 0)
      );
      CREATE UNIQUE INDEX packages_one_default ON packages (is_default) WHERE is_default;
      INSERT INTO packages (id, name, price_minor, currency, is_default, created_at)
        VALUES ('01920000-0000-7000-8000-000000000001', 'Standard', 0, 'EUR', true, now());

      CREATE TABLE partners (
        id              uuid        NOT NULL,
        name            text        NOT NULL,
        kind            text        NOT NULL,
        state           text        NOT NULL,
        country         text        NOT NULL,
        phone           text,
        website         text,
        description     text,
        social_platform text,
        social_handle   text,
        -- As given at sign-up: the promo code of a sub-affiliate link, and an inviter's code.
        sign_up_ref     text,
        inviter_code    text,
        package_id      uuid,
        created_at      timestamptz NOT NULL,
        approved_at     timestamptz,
        CONSTRAINT partners_pk PRIMARY KEY (id),
        CONSTRAINT partners_package_fk FOREIGN KEY (package_id) REFERENCES packages (id),
        CONSTRAINT partners_kind_known CHECK (kind IN ('affiliate', 'creator', 'channel')),
        CONSTRAINT partners_state_known CHECK (state IN ('pending', 'active', 'suspended', 'rejected')),
        CONSTRAINT partners_active_has_package CHECK (state NOT IN ('active', 'suspended') OR package_id IS NOT NULL),
        CONSTRAINT partners_social_whole CHECK ((social_platform IS NULL) = (social_handle IS NULL))
      );

      CREATE TABLE partner_requests (
        id                    uuid        NOT NULL,
        kind                  text        NOT NULL,
        partner_id            uuid        NOT NULL,
        state                 text        NOT NULL,
        package_id            uuid        NOT NULL,
        -- The price at the time of the request.
        price_minor           bigint      NOT NULL,
        currency              text        NOT NULL,
        description           text,
        requested_at          timestamptz NOT NULL,
        decided_at            timestamptz,
        decided_by            uuid,
        rejection_description text,
        CONSTRAINT partner_requests_pk PRIMARY KEY (id),
        CONSTRAINT partner_requests_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT partner_requests_package_fk FOREIGN KEY (package_id) REFERENCES packages (id),
        CONSTRAINT partner_requests_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
        CONSTRAINT partner_requests_kind_known CHECK (kind IN ('partnership')),
        CONSTRAINT partner_requests_state_known CHECK (state IN ('pending', 'approved', 'rejected', 'cancelled')),
        CONSTRAINT partner_requests_decided CHECK ((state = 'pending') = (decided_at IS NULL)),
        CONSTRAINT partner_requests_rejection CHECK ((state = 'rejected') = (rejection_description IS NOT NULL))
      );
      CREATE UNIQUE INDEX partner_requests_one_pending ON partner_requests (partner_id, kind) WHERE state = 'pending';
      CREATE INDEX partner_requests_state ON partner_requests (kind, state, id);
      CREATE INDEX partner_requests_decided_at ON partner_requests (decided_at, id) WHERE state <> 'pending';

      ALTER TABLE memberships ADD CONSTRAINT memberships_partner_fk
        FOREIGN KEY (partner_id) REFERENCES partners (id) DEFERRABLE INITIALLY DEFERRED;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE memberships DROP CONSTRAINT memberships_partner_fk;
      DROP TABLE partner_requests, partners, packages;
    `);
  }
}
