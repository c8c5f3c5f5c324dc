import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What waits to be sent has a narrow table of its own. A delivery's row is then written once, and again only when the
 * delivery is given up. Nor does the planner, which mostly sees the table of all deliveries while nothing waits, choose
 * among indexes of what waits any more.
 */
export class QueueOfDeliveries1763000000185 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(QUEUE);
    await runner.query(`
      INSERT INTO postback_queue (delivery_id, postback_id, webhook_id, resent_event_id, host, attempts, next_attempt_at)
      SELECT id, postback_id, webhook_id, CASE WHEN kind = 'resend' THEN event_id END, host, attempts, next_attempt_at
        FROM postback_deliveries WHERE state = 'pending';

      DROP INDEX postback_deliveries_due, postback_deliveries_turns, postback_deliveries_postback_pending,
                 postback_deliveries_webhook_pending, postback_deliveries_one_resend_waits;
      ALTER TABLE postback_deliveries
        -- Not delivered, and why; what neither waits in the queue nor was given up was delivered.
        ADD given_up text,
        ADD given_up_at timestamptz;
      UPDATE postback_deliveries SET given_up = state, given_up_at = finished_at
       WHERE state IN ('failed', 'cancelled');
      ALTER TABLE postback_deliveries
        DROP host,
        DROP state,
        DROP attempts,
        DROP next_attempt_at,
        DROP finished_at,
        ADD CONSTRAINT postback_deliveries_given_up_known CHECK (given_up IN ('failed', 'cancelled')),
        ADD CONSTRAINT postback_deliveries_given_up_whole CHECK ((given_up IS NULL) = (given_up_at IS NULL));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE postback_deliveries
        ADD host text NOT NULL DEFAULT '',
        ADD state text NOT NULL DEFAULT 'pending',
        ADD attempts integer NOT NULL DEFAULT 0,
        ADD next_attempt_at timestamptz,
        ADD finished_at timestamptz;
      UPDATE postback_deliveries d
         SET host = q.host, attempts = q.attempts, next_attempt_at = q.next_attempt_at
        FROM postback_queue q WHERE q.delivery_id = d.id;
      UPDATE postback_deliveries
         SET state = coalesce(given_up, 'delivered'), finished_at = coalesce(given_up_at, created_at),
             next_attempt_at = coalesce(given_up_at, created_at)
       WHERE next_attempt_at IS NULL;
      DROP TABLE postback_queue;
      ALTER TABLE postback_deliveries
        DROP given_up,
        DROP given_up_at,
        ALTER host DROP DEFAULT,
        ALTER next_attempt_at SET NOT NULL,
        ADD CONSTRAINT postback_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'failed', 'cancelled')),
        ADD CONSTRAINT postback_deliveries_finish_has_time CHECK ((state = 'pending') = (finished_at IS NULL));
      CREATE INDEX postback_deliveries_due ON postback_deliveries (host, next_attempt_at, id) WHERE state = 'pending';
      CREATE INDEX postback_deliveries_turns
        ON postback_deliveries (host, coalesce(postback_id, webhook_id), next_attempt_at, id) WHERE state = 'pending';
      CREATE INDEX postback_deliveries_postback_pending ON postback_deliveries (postback_id) WHERE state = 'pending';
      CREATE INDEX postback_deliveries_webhook_pending ON postback_deliveries (webhook_id, next_attempt_at)
        WHERE state = 'pending' AND webhook_id IS NOT NULL;
      CREATE UNIQUE INDEX postback_deliveries_one_resend_waits ON postback_deliveries (postback_id, event_id)
        WHERE kind = 'resend' AND state = 'pending';
    `);
  }
}

const QUEUE = `
  -- One row per delivery that waits for its next attempt, with the number of those before.
  CREATE TABLE postback_queue (
    delivery_id     uuid        NOT NULL,
    postback_id     uuid,
    webhook_id      uuid,
    -- Of a resend to a postback.
    resent_event_id uuid,
    -- host:port that the URL leads to.
    host            text        NOT NULL,
    attempts        integer     NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    CONSTRAINT postback_queue_pk PRIMARY KEY (delivery_id),
    CONSTRAINT postback_queue_postback_fk FOREIGN KEY (postback_id) REFERENCES postbacks (id) ON DELETE CASCADE,
    CONSTRAINT postback_queue_webhook_fk FOREIGN KEY (webhook_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT postback_queue_one_receiver CHECK (num_nonnulls(postback_id, webhook_id) = 1)
  );
  -- The receivers at a host take turns.
  CREATE INDEX postback_queue_turns
    ON postback_queue (host, coalesce(postback_id, webhook_id), next_attempt_at, delivery_id);
  -- One resend of an event waits for a postback at most; finds all that waits for it, too.
  CREATE UNIQUE INDEX postback_queue_of_postback ON postback_queue (postback_id, resent_event_id)
    WHERE postback_id IS NOT NULL;
  CREATE INDEX postback_queue_of_webhook ON postback_queue (webhook_id, next_attempt_at) WHERE webhook_id IS NOT NULL;
`;
