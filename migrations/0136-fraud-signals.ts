import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fraud signals and what finds them quickly (B07). */
export class FraudSignals1763000000136 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SIGNALS);
    await runner.query(`
      -- People who signed up as several players, and players that one visit brought, by who came first.
      CREATE INDEX players_email_idx ON players (brand_id, email_hash, signed_up_at, id) WHERE email_hash IS NOT NULL;
      CREATE INDEX players_person_idx ON players (brand_id, person_hash, signed_up_at, id)
        WHERE person_hash IS NOT NULL;
      CREATE INDEX players_visit_idx ON players (visit_id, signed_up_at, id) WHERE visit_id IS NOT NULL;
      -- Where a user signed in from of late, sessions that ended included; accounts, those deleted included.
      CREATE INDEX sessions_user_seen_idx ON sessions (user_id, last_seen_at);
      CREATE INDEX payment_methods_owner_idx ON payment_methods (owner_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX payment_methods_owner_idx, sessions_user_seen_idx, players_visit_idx, players_person_idx, players_email_idx;
      DELETE FROM visit_passes WHERE name = 'click_floods';
      ALTER TABLE visit_passes DROP CONSTRAINT visit_passes_name_known,
        ADD CONSTRAINT visit_passes_name_known CHECK (name IN ('soon', 'late'));
      DROP TABLE fraud_signals;
      ALTER TABLE players DROP COLUMN person_hash;
    `);
  }
}

const SIGNALS = `
  -- Of the player's names and day of birth; null unless all are known. Only compared, like the e-mail's.
  ALTER TABLE players ADD COLUMN person_hash text;

  CREATE TABLE fraud_signals (
    id          uuid        NOT NULL,
    rule        text        NOT NULL,
    weight      smallint    NOT NULL,
    brand_id    uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    campaign_id uuid        NOT NULL,
    promo_id    uuid        NOT NULL,
    -- Whom it is about; null when it is about the promo.
    player_id   uuid,
    -- Tells apart what one rule may find of one subject, once each.
    fingerprint text        NOT NULL,
    evidence    jsonb       NOT NULL,
    -- When what it tells of happened: the sign-up, the hour of the clicks.
    occurred_at timestamptz NOT NULL,
    raised_at   timestamptz NOT NULL,
    state       text        NOT NULL,
    decided_by  uuid,
    decided_at  timestamptz,
    comment     text,
    CONSTRAINT fraud_signals_pk PRIMARY KEY (id),
    CONSTRAINT fraud_signals_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT fraud_signals_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT fraud_signals_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    CONSTRAINT fraud_signals_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
    CONSTRAINT fraud_signals_player_fk FOREIGN KEY (player_id) REFERENCES players (id),
    CONSTRAINT fraud_signals_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
    CONSTRAINT fraud_signals_once UNIQUE NULLS NOT DISTINCT (player_id, promo_id, rule, fingerprint),
    CONSTRAINT fraud_signals_weight_range CHECK (weight BETWEEN 1 AND 100),
    CONSTRAINT fraud_signals_evidence_object CHECK (jsonb_typeof(evidence) = 'object'),
    CONSTRAINT fraud_signals_state_known CHECK (state IN ('open', 'released', 'confirmed')),
    CONSTRAINT fraud_signals_decided_whole CHECK (
      num_nulls(decided_by, decided_at, comment) = CASE state WHEN 'open' THEN 3 ELSE 0 END)
  );
  CREATE INDEX fraud_signals_partner_idx ON fraud_signals (partner_id, id);
  CREATE INDEX fraud_signals_state_idx ON fraud_signals (state, id);
  CREATE INDEX fraud_signals_open_idx ON fraud_signals (partner_id) WHERE state = 'open';
  CREATE INDEX fraud_signals_confirmed_idx ON fraud_signals (partner_id, player_id) WHERE state = 'confirmed';

  ALTER TABLE visit_passes DROP CONSTRAINT visit_passes_name_known,
    ADD CONSTRAINT visit_passes_name_known CHECK (name IN ('soon', 'late', 'click_floods'));
  INSERT INTO visit_passes (name) VALUES ('click_floods');
`;
