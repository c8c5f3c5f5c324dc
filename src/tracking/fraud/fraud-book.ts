import { Injectable } from '@nestjs/common';
import { Clock, Ids, Outbox, type Tx } from '../../platform/index.js';
import type { Finding, FraudRule } from './domain/fraud-rule.js';
import { FRAUD_SIGNALS_CHANGED, type FraudSignalsChanged } from './fraud.events.js';

/** What a rule has found, and of whom. */
export interface RaisedSignal extends Finding {
  readonly rule: FraudRule;
  readonly brandId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  /** Whom or what the finding is about; both null when it is about the promo. */
  readonly playerId: string | null;
  readonly orderId: string | null;
  readonly occurredAt: Date;
}

/** Where signals are written. */
@Injectable()
export class FraudBook {
  constructor(
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a signal for each finding that is new, and tells whose they are. What a rule has found of a subject before is
   * left as it is, whatever was decided on it.
   */
  async raise(tx: Tx, findings: readonly RaisedSignal[]): Promise<void> {
    if (findings.length === 0) return;
    const raised = await tx.query<{ partnerId: string }[]>(
      `INSERT INTO fraud_signals (id, rule, weight, brand_id, partner_id, campaign_id, promo_id, player_id,
                                  order_id, fingerprint, evidence, occurred_at, raised_at, state)
       SELECT id, rule, weight, brand_id, partner_id, campaign_id, promo_id, player_id, order_id, fingerprint,
              evidence, occurred_at, $2, 'open'
         FROM json_to_recordset($1) AS signal (id uuid, rule text, weight smallint, brand_id uuid, partner_id uuid,
              campaign_id uuid, promo_id uuid, player_id uuid, order_id uuid, fingerprint text, evidence jsonb,
              occurred_at timestamptz)
        ORDER BY promo_id, player_id, order_id, rule, fingerprint
       ON CONFLICT ON CONSTRAINT fraud_signals_once DO NOTHING RETURNING partner_id AS "partnerId"`,
      [JSON.stringify(findings.map((finding) => this.toRow(finding))), this.clock.now()],
    );
    await this.tell(
      tx,
      raised.map(({ partnerId }) => partnerId),
    );
  }

  /** Tells that signals of the partners have changed. */
  async tell(tx: Tx, partnerIds: readonly string[]): Promise<void> {
    if (partnerIds.length === 0) return;
    const event: FraudSignalsChanged = { partnerIds: [...new Set(partnerIds)] };
    await this.outbox.publish(tx, FRAUD_SIGNALS_CHANGED, event);
  }

  private toRow({ rule, ...finding }: RaisedSignal): object {
    return {
      id: this.ids.next(),
      rule: rule.name,
      weight: rule.weight,
      brand_id: finding.brandId,
      partner_id: finding.partnerId,
      campaign_id: finding.campaignId,
      promo_id: finding.promoId,
      player_id: finding.playerId,
      order_id: finding.orderId,
      fingerprint: finding.fingerprint,
      evidence: finding.evidence,
      occurred_at: finding.occurredAt,
    };
  }
}
