import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../identity/index.js';
import { ApiFileOrPage, ApiProblems, eachOfPages, listFile } from '../../platform/index.js';
import { TermsAcceptances } from './terms-acceptances.service.js';
import { AcceptancesQuery, type TermsAcceptanceDto, TermsAcceptancePage } from './terms.dto.js';

const HEADER = ['Accepted', 'Document', 'Version', 'Partner', 'Partner id', 'Accepted by', 'Address'];

/** Who accepted which terms, for operators (A21). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/terms-acceptances')
export class TermsAcceptancesController {
  constructor(private readonly acceptances: TermsAcceptances) {}

  @Get()
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'List who accepted which version, when and from where; newest first' })
  @ApiFileOrPage(TermsAcceptancePage)
  @ApiProblems(400)
  async list(
    @Query() { format, ...query }: AcceptancesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TermsAcceptancePage | StreamableFile> {
    if (format === 'json') return this.acceptances.list(query);
    const rows = eachOfPages((page) => this.acceptances.list({ ...query, ...page }));
    return listFile(reply, format, 'terms-acceptances', { header: HEADER, rows, toCells });
  }
}

function toCells(row: TermsAcceptanceDto): string[] {
  const { acceptedAt, kind, version, partnerName, partnerId, userName, address } = row;
  return [acceptedAt.toISOString(), kind, String(version), partnerName, partnerId, userName, address ?? ''];
}
