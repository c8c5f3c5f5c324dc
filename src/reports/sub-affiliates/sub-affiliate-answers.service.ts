import { Injectable, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor, PartnerActor } from '../../identity/index.js';
import { subAffiliateReportFile, subAffiliatesFile } from './sub-affiliate-files.js';
import { SubAffiliateList } from './sub-affiliate-list.service.js';
import type { SubAffiliateReportDto, SubAffiliateReportQuery } from './sub-affiliate-report.dto.js';
import { SubAffiliateReport } from './sub-affiliate-report.service.js';
import type { OperatorSubAffiliatePage, SubAffiliatePage, SubAffiliatesQuery } from './sub-affiliates.dto.js';

/** Answers whoever asks for sub-affiliates with a page or a file. */
@Injectable()
export class SubAffiliateAnswers {
  constructor(
    private readonly subAffiliates: SubAffiliateList,
    private readonly reports: SubAffiliateReport,
  ) {}

  /** Those of the actor's partner; who brought whom below it is not told. */
  async ofPartner(
    { partnerId, userId }: PartnerActor,
    query: SubAffiliatesQuery,
    reply: FastifyReply,
  ): Promise<SubAffiliatePage | StreamableFile> {
    const answer = await this.ofAny(partnerId, userId, query, reply);
    if (!('items' in answer)) return answer;
    return { ...answer, items: answer.items.map(({ inviterId: _, ...item }) => item) };
  }

  /** Those of any partner. */
  async ofAny(
    partnerId: string,
    userId: Actor['userId'],
    query: SubAffiliatesQuery,
    reply: FastifyReply,
  ): Promise<OperatorSubAffiliatePage | StreamableFile> {
    if (query.format === 'json') return this.subAffiliates.list(partnerId, userId, query);
    const currencies = await this.subAffiliates.currencies(partnerId, query);
    return subAffiliatesFile(reply, query.format, currencies, (page) =>
      this.subAffiliates.list(partnerId, userId, { ...query, cursor: undefined, ...page }),
    );
  }

  /** The report of the actor's partner. */
  async report(
    { partnerId, userId }: PartnerActor,
    query: SubAffiliateReportQuery,
    reply: FastifyReply,
  ): Promise<SubAffiliateReportDto | StreamableFile> {
    const { format } = query;
    const report = await this.reports.run(partnerId, userId, query);
    if (format === 'json') return report;
    return subAffiliateReportFile(reply, format, {
      rows: this.reports.rows(partnerId, userId, query),
      currencies: await this.subAffiliates.currencies(partnerId, query),
      shown: report.conversion.currency,
    });
  }
}
