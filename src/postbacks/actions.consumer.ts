import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PLAYERS_QUALIFIED, type PlayersQualified, Qualifications } from '../billing/index.js';
import { Outbox, type Tx } from '../platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../tracking/index.js';
import { FirePostbacks } from './fire-postbacks.service.js';
import type { ReportedAction, ReportedActions } from './reported-action.js';
import { FireWebhooks } from './webhooks/fire-webhooks.service.js';

const FACTS = 'postbacks-facts';
const QUALIFICATIONS = 'postbacks-qualifications';

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
    this.outbox.consume<FactsRecorded>(FACTS, FACTS_RECORDED, (tx, { payload }) => this.fire(tx, payload));
    this.outbox.consume<PlayersQualified>(QUALIFICATIONS, PLAYERS_QUALIFIED, async (tx, { payload }) => {
      const actions = await this.qualifications.actionsOf(tx, payload);
      await this.fire(tx, { brandId: payload.brandId, actions });
    });
  }

  /**
   * The ids of those of the events that wait to be worked through: which postbacks hear of them is decided only then.
   * @param events with their players or orders; a qualification is told under its player
   */
  async waiting(
    db: EntityManager,
    events: readonly (Pick<ReportedAction, 'eventId' | 'action'> & { readonly subjectId: string })[],
  ): Promise<Set<string>> {
    const qualifications = events.filter(({ action }) => action === 'qualification');
    const players = await this.outbox.idsInWaiting(
      db,
      QUALIFICATIONS,
      qualifications.map(({ subjectId }) => subjectId),
    );
    const facts = await this.outbox.idsInWaiting(
      db,
      FACTS,
      events.map(({ eventId }) => eventId),
    );
    const qualified = qualifications.filter(({ subjectId }) => players.includes(subjectId));
    return new Set([...facts, ...qualified.map(({ eventId }) => eventId)]);
  }

  private async fire(tx: Tx, reported: ReportedActions): Promise<void> {
    await this.postbacks.fire(tx, reported);
    await this.webhooks.fireActions(tx, reported);
  }
}
