import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox } from '../platform/index.js';
import { FirePostbacks } from './fire-postbacks.service.js';
import type { ReportedActions } from './reported-action.js';

const FACTS_RECORDED = 'tracking.facts_recorded';
const PLAYERS_QUALIFIED = 'billing.players_qualified';

/** Hears of registrations and deposits from tracking, and of qualifications from billing (A11). */
@Injectable()
export class ActionsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly postbacks: FirePostbacks,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<ReportedActions>('postbacks-facts', FACTS_RECORDED, (tx, { payload }) =>
      this.postbacks.fire(tx, payload),
    );
    this.outbox.consume<ReportedActions>('postbacks-qualifications', PLAYERS_QUALIFIED, (tx, { payload }) =>
      this.postbacks.fire(tx, payload),
    );
  }
}
