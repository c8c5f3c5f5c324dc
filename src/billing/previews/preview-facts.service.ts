import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  ActivityOfPartners,
  type CampaignScope,
  CountedFacts,
  FactsService,
  type PlayerToQualify,
  type WantedPartners,
} from '../../tracking/index.js';
import { neededEvents, neededGroups, pays, strategiesOf } from '../needed-facts.js';
import type { PartnerFacts, TermedPeriod } from '../period-calculation.js';

/** Everything that a partner's bills would be made of. */
export interface FactsOfPartner extends Omit<PartnerFacts, 'qualified' | 'subAffiliates'> {
  readonly partnerId: string;
  readonly players: readonly PlayerToQualify[];
}

/** Reads the facts that terms look at, whether bills have been made of them or not. */
@Injectable()
export class PreviewFacts {
  constructor(
    private readonly activity: ActivityOfPartners,
    private readonly counted: CountedFacts,
    private readonly facts: FactsService,
  ) {}

  /** The facts of the scope's next partners, in falling order of their ids. */
  async next(
    db: EntityManager,
    campaigns: CampaignScope,
    periods: readonly TermedPeriod[],
    whose: WantedPartners,
  ): Promise<FactsOfPartner[]> {
    const partnerIds = await this.activity.partnerIds(db, campaigns, whose);
    const strategies = strategiesOf(periods);
    const [from, to] = [periods[0]!.start, periods.at(-1)!.end];
    const spans = partnerIds.map((partnerId) => ({ partnerId, from, to }));
    const groups = neededGroups(strategies);
    const looksAt = neededEvents(strategies);
    const sums = await this.activity.sums(db, campaigns, partnerIds, { periods, groups });
    const players = looksAt ? await this.facts.playersForQualification(db, campaigns, spans, looksAt) : [];
    const registrations = pays(strategies, 'cpl')
      ? await this.counted.registrations(db, campaigns, spans)
      : null;
    const orders = pays(strategies, 'sale') ? await this.counted.approvedOrders(db, campaigns, spans) : null;
    const playersOf = Map.groupBy(players, ({ partnerId }) => partnerId);
    return partnerIds.map((partnerId) => ({
      partnerId,
      activity: sums.get(partnerId) ?? [],
      players: playersOf.get(partnerId) ?? [],
      registrations: registrations?.get(partnerId) ?? [],
      orders: orders?.get(partnerId) ?? [],
    }));
  }
}
