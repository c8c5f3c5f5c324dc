import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PLAYERS_QUALIFIED, type PlayersQualified, Qualifications } from '../billing/index.js';
import { Outbox, type Tx } from '../platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../tracking/index.js';
import { FirePostbacks } from './fire-postbacks.service.js';
import type { ReportedActions } from './reported-action.js';
import { FireWebhooks } from './webhooks/fire-webhooks.service.js';

/** Hears of registrations, deposits and orders from tracking, and of qualifications from billing (A11): postbacks are
 * partners', and brands' webhooks hear of their own players and orders. */
@Injectable()
export class ActionsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly postbacks: FirePostbacks,
    private readonly webhooks: FireWebhooks,
    private readonly qualifications: Qualifications,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<FactsRecorded>('postbacks-facts', FACTS_RECORDED, (tx, { payload }) =>
      this.fire(tx, payload),
    );
    this.outbox.consume<PlayersQualified>(
      'postbacks-qualifications',
      PLAYERS_QUALIFIED,
      async (tx, { payload }) => {
        const actions = await this.qualifications.actionsOf(tx, payload);
        await this.fire(tx, { brandId: payload.brandId, actions });
      },
    );
  }

  private async fire(tx: Tx, reported: ReportedActions): Promise<void> {
    await this.postbacks.fire(tx, reported);
    await this.webhooks.fireActions(tx, reported);
  }
}
