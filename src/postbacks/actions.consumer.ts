import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PLAYERS_QUALIFIED, type PlayersQualified } from '../billing/index.js';
import { Outbox } from '../platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../tracking/index.js';
import { FirePostbacks } from './fire-postbacks.service.js';

/** Hears of registrations, deposits and orders from tracking, and of qualifications from billing (A11). */
@Injectable()
export class ActionsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly postbacks: FirePostbacks,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<FactsRecorded>('postbacks-facts', FACTS_RECORDED, (tx, { payload }) =>
      this.postbacks.fire(tx, payload),
    );
    this.outbox.consume<PlayersQualified>('postbacks-qualifications', PLAYERS_QUALIFIED, (tx, { payload }) =>
      this.postbacks.fire(tx, payload),
    );
  }
}
