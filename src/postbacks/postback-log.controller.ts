import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  wholeList,
} from '../platform/index.js';
import { BUILT_IN_VARIABLES } from './domain/variables.js';
import { PostbackLogPage, PostbackLogQuery } from './postback-log.dto.js';
import { PostbackLog } from './postback-log.service.js';
import { ResendFailedDto, ResentPostbacksResponse } from './resend-failed.dto.js';
import { ResendFailedJob } from './resend-failed.job.js';
import { PostbackVariableList, QueuedDeliveryResponse } from './postbacks.dto.js';

const AS_IT_WAS_FILLED =
  'The URL and body are sent that the event filled then, though the postback may have others by now: what failed because its URL was wrong goes to the wrong one again. Where the address, the URL before its `?`, is another now, the headers are left out and it does not count for the health of the postback.';

/** What was sent (A10), and what can be sent. */
@ApiTags('Partner: postbacks')
@ApiBearerAuth()
@Controller('partner')
export class PostbackLogController {
  constructor(
    private readonly log: PostbackLog,
    private readonly failed: ResendFailedJob,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('postback-variables')
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: 'List the built-in variables of postback templates, with meaning and example' })
  @ApiOkResponse({ type: PostbackVariableList })
  @ApiProblems()
  variables(): PostbackVariableList {
    return wholeList([...BUILT_IN_VARIABLES]);
  }

  @Get('postback-log')
  @Requires('partner:postbacks:read')
  @ApiOperation({
    summary: 'List the attempts of the last 90 days, newest first',
    description:
      'A page looks at a bounded number of attempts. With filters that few of them fit it may hold fewer items than `limit`, or none: there may be more as long as `nextCursor` is not null.',
  })
  @ApiOkResponse({ type: PostbackLogPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PostbackLogQuery,
  ): Promise<PostbackLogPage> {
    return this.log.list(this.dataSource, partnerId, query);
  }

  @Post('postback-log/resend')
  @HttpCode(200)
  @Requires('partner:postbacks:write')
  @CountedAs('report')
  @ApiOperation({
    summary: 'Send all failed postbacks again that fit the filters of the log, or count them',
    description:
      'Each event goes once to each postback that is active, unless it was delivered meanwhile or waits. What was cancelled before its first attempt, because its postback was disabled, is sent too: its time is when it was made, and no `responseCode` fits it. What is too long to be sent is left out. Where they are many, the rest goes on in the background. ' +
      AS_IT_WAS_FILLED,
  })
  @ApiOkResponse({ type: ResentPostbacksResponse })
  @ApiProblems(400, 409, 422)
  async resendFailed(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() { dryRun = false, ...filter }: ResendFailedDto,
  ): Promise<ResentPostbacksResponse> {
    return this.idempotency.run(key, async (tx) => ({
      dryRun,
      ...(dryRun
        ? await this.failed.count(tx, partnerId, filter)
        : await this.failed.start(tx, partnerId, filter)),
    }));
  }

  @Post('postback-log/:id/resend')
  @HttpCode(200)
  @Requires('partner:postbacks:write')
  @ApiOperation({
    summary: 'Send a logged postback again, under the same event id and marked as a resend',
    description: `${AS_IT_WAS_FILLED} Tests are not sent again, and one that was too long to be sent is refused with 409 \`POSTBACK_TOO_LONG\`.`,
  })
  @ApiOkResponse({ type: QueuedDeliveryResponse })
  @ApiProblems(400, 404, 409, 422)
  async resend(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<QueuedDeliveryResponse> {
    return this.idempotency.run(key, async (tx) => {
      const { id: deliveryId, postbackId, eventId, method, url } = await this.log.resend(tx, partnerId, id);
      return { deliveryId, postbackId, eventId, kind: 'resend' as const, method, url };
    });
  }
}
