import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../identity/index.js';
import { ApiProblems, mapPage } from '../../platform/index.js';
import { FaqPage, FaqQuery, toFaqItem } from './faq.dto.js';
import { Faq } from './faq.service.js';

/** Questions and answers, for partners (T11, T12). */
@ApiTags('Partner: support')
@ApiBearerAuth()
@Controller('partner/faq')
export class PartnerFaqController {
  constructor(private readonly faq: Faq) {}

  @Get()
  @Requires('partner:support:read')
  @ApiOperation({ summary: 'List questions with their answers, of all topics or of one' })
  @ApiOkResponse({ type: FaqPage })
  @ApiProblems(400)
  async list(@Query() query: FaqQuery): Promise<FaqPage> {
    return mapPage(await this.faq.list(query, true), toFaqItem);
  }
}
