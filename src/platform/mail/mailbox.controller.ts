import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { ApiProblems } from '../http/api-problems.js';
import { Public } from '../http/public.decorator.js';
import { CountedAs } from '../limits/rate-class.decorator.js';
import { MailboxPage, MailboxQuery } from './mailbox.dto.js';

/** The mails of a development installation without a mail server; absent in production. */
@ApiTags('development')
@Controller('api/dev/mailbox')
@CountedAs('none')
export class MailboxController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'Read the development mailbox' })
  @ApiOkResponse({ type: MailboxPage })
  @ApiProblems(400)
  async list(@Query() query: MailboxQuery): Promise<MailboxPage> {
    const items = await this.dataSource.query<MailboxPage['items']>(
      `SELECT recipient AS "to", subject, text_body AS text, html_body AS html, sent_at AS "sentAt", attachments
         FROM mailbox WHERE $1::text IS NULL OR recipient = $1 ORDER BY id DESC LIMIT 100`,
      [query.to ?? null],
    );
    return { items };
  }
}
