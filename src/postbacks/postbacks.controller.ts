import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../platform/index.js';
import { FirePostbacks } from './fire-postbacks.service.js';
import { PostbackCheck } from './postback-check.service.js';
import { withDefaults } from './postback-request.js';
import {
  CreatePostbackDto,
  PostbackPage,
  PostbackResponse,
  PostbacksQuery,
  PostbackTestResponse,
  toPostbackResponse,
  UpdatePostbackDto,
} from './postbacks.dto.js';
import { Postbacks } from './postbacks.service.js';
import { resultOfTest } from './test-result.js';

/** The partner's postbacks (A09). */
@ApiTags('Partner: postbacks')
@ApiBearerAuth()
@Controller('partner/postbacks')
export class PostbacksController {
  constructor(
    private readonly postbacks: Postbacks,
    private readonly check: PostbackCheck,
    private readonly fire: FirePostbacks,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('partner:postbacks:write')
  @ApiOperation({
    summary: 'Add a postback; its templates and its address are checked',
    description: 'A partner has at most 100; more are refused with 409 `TOO_MANY_POSTBACKS`.',
  })
  @ApiCreatedResponse({ type: PostbackResponse })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreatePostbackDto,
  ): Promise<PostbackResponse> {
    const input = withDefaults(body);
    await this.check.assertSendable(input);
    return this.idempotency.run(key, async (tx) =>
      toPostbackResponse(await this.postbacks.create(tx, actor.partnerId, input), actor),
    );
  }

  @Get()
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: 'List own postbacks, newest first' })
  @ApiOkResponse({ type: PostbackPage })
  @ApiProblems(400)
  async list(@CurrentActor() actor: PartnerActor, @Query() query: PostbacksQuery): Promise<PostbackPage> {
    const page = await this.postbacks.list(this.dataSource, actor.partnerId, query);
    return mapPage(page, (postback) => toPostbackResponse(postback, actor));
  }

  @Get(':id')
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: 'Show a postback' })
  @ApiOkResponse({ type: PostbackResponse })
  @ApiProblems(400, 404)
  async get(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<PostbackResponse> {
    return toPostbackResponse(await this.postbacks.get(this.dataSource, actor.partnerId, id), actor);
  }

  @Patch(':id')
  @Requires('partner:postbacks:write')
  @ApiOperation({
    summary: 'Change, disable or activate a postback; the next events are sent the new way',
    description:
      'Whoever is not shown the values of the headers gives new ones with another address. What waits already keeps its URL. When the new URL is another before its `?`, that is sent without the headers and does not count for the health of the postback.',
  })
  @ApiOkResponse({ type: PostbackResponse })
  @ApiProblems(400, 404, 409, 422)
  async change(
    @CurrentActor() actor: PartnerActor,
    @PathId() id: string,
    @Body() body: UpdatePostbackDto,
  ): Promise<PostbackResponse> {
    const { url } = await this.postbacks.get(this.dataSource, actor.partnerId, id);
    // One that stays was checked by whoever gave it; before it is called again it is looked at anew.
    if (body.url !== undefined || body.state === 'active') await this.check.assertUrl(body.url ?? url);
    const changed = await this.unitOfWork.run((tx) => this.postbacks.change(tx, actor, id, body));
    return toPostbackResponse(changed, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:postbacks:write')
  @ApiOperation({ summary: 'Delete a postback with what waits for it; its log stays' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async delete(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.postbacks.delete(tx, partnerId, id));
  }

  @Post(':id/test')
  @HttpCode(200)
  @Requires('partner:postbacks:write')
  @ApiOperation({
    summary: 'Send the postback once with sample values, and tell how it ended; the log marks it as a test',
  })
  @ApiOkResponse({ type: PostbackTestResponse })
  @ApiProblems(400, 404, 409, 422)
  async test(
    @CurrentActor() { partnerId }: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<PostbackTestResponse> {
    const queued = await this.idempotency.run(key, async (tx) => {
      const postback = await this.postbacks.get(tx, partnerId, id);
      const { id: deliveryId, eventId, method, url } = await this.fire.test(tx, postback);
      return { deliveryId, postbackId: id, eventId, kind: 'test' as const, method, url };
    });
    return { ...queued, result: await resultOfTest(this.dataSource, queued.deliveryId) };
  }
}
