import { Body, Get, HttpCode, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  wholeList,
} from '../../platform/index.js';
import { resultOfTest } from '../test-result.js';
import { exampleOf, type WebhookAudience, WEBHOOK_EVENTS } from './webhook-catalogue.js';
import { FireWebhooks } from './fire-webhooks.service.js';
import {
  ReplayWebhookDto,
  TestWebhookDto,
  WebhookAttemptPage,
  WebhookAttemptsQuery,
  WebhookEventTypeList,
  WebhookReplayResponse,
  WebhookTestResponse,
} from './webhook-attempts.dto.js';
import { WebhookAttempts } from './webhook-attempts.service.js';
import { ownerOf } from './webhook-owner.js';
import { WebhookSwitch } from './webhook-switch.service.js';
import { toWebhookResponse, WebhookResponse } from './webhooks.dto.js';
import { Webhooks } from './webhooks.service.js';

/** The routes about what webhooks hear of, what was sent to them, and what is sent again; for partners and brands. */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function webhookAttemptRoutes(audience: WebhookAudience): Type<object> {
  @ApiBearerAuth()
  class WebhookAttemptRoutes {
    constructor(
      private readonly webhooks: Webhooks,
      private readonly attempts: WebhookAttempts,
      private readonly toggle: WebhookSwitch,
      private readonly fire: FireWebhooks,
      private readonly idempotency: Idempotency,
      private readonly dataSource: DataSource,
    ) {}

    @Get('webhook-events')
    @Requires(`${audience}:webhooks:read`)
    @ApiOperation({ summary: 'List the types of events that webhooks hear of, each with an example' })
    @ApiOkResponse({ type: WebhookEventTypeList })
    @ApiProblems()
    types(): WebhookEventTypeList {
      const types = Object.entries(WEBHOOK_EVENTS[audience]);
      return wholeList(
        types.map(([type, { description, example }]) => ({
          type,
          description,
          example: exampleOf(type, example),
        })),
      );
    }

    @Get('webhooks/:id/deliveries')
    @Requires(`${audience}:webhooks:read`)
    @ApiOperation({ summary: "List a webhook's attempts of the last 90 days, newest first" })
    @ApiOkResponse({ type: WebhookAttemptPage })
    @ApiProblems(400, 404)
    async list(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Query() query: WebhookAttemptsQuery,
    ): Promise<WebhookAttemptPage> {
      await this.webhooks.get(this.dataSource, ownerOf(actor), id);
      return this.attempts.list(this.dataSource, id, query);
    }

    @Post('webhooks/:id/replay')
    @HttpCode(200)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({ summary: 'Send events of a time again, under their ids' })
    @ApiOkResponse({ type: WebhookReplayResponse })
    @ApiProblems(400, 404, 409, 422)
    async replay(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
      @Body() body: ReplayWebhookDto,
    ): Promise<WebhookReplayResponse> {
      return this.idempotency.run(key, async (tx) => {
        const endpoint = await this.webhooks.lock(tx, ownerOf(actor), id);
        const { queued, nextSince } = await this.attempts.replay(tx, endpoint, body);
        return { queued, nextSince: nextSince?.toISOString() ?? null };
      });
    }

    @Post('webhooks/:id/test')
    @HttpCode(200)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({
      summary: 'Send an example once, and tell how it ended; the deliveries mark it as a test',
    })
    @ApiOkResponse({ type: WebhookTestResponse })
    @ApiProblems(400, 404, 409, 422)
    async test(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
      @Body() { type }: TestWebhookDto,
    ): Promise<WebhookTestResponse> {
      const queued = await this.idempotency.run(key, async (tx) => {
        const endpoint = await this.webhooks.get(tx, ownerOf(actor), id);
        const { id: deliveryId, ...sent } = await this.fire.test(tx, endpoint, type);
        return { deliveryId, ...sent };
      });
      return { ...queued, result: await resultOfTest(this.dataSource, queued.deliveryId) };
    }

    @Post('webhooks/:id/disable')
    @HttpCode(200)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({ summary: 'Send nothing more; what happens from now on can be replayed' })
    @ApiOkResponse({ type: WebhookResponse })
    @ApiProblems(400, 404, 409, 422)
    async disable(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
    ): Promise<WebhookResponse> {
      return this.idempotency.run(key, async (tx) => {
        const endpoint = await this.webhooks.lock(tx, ownerOf(actor), id);
        return toWebhookResponse(await this.toggle.disable(tx, actor, endpoint, null));
      });
    }

    @Post('webhooks/:id/enable')
    @HttpCode(200)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({ summary: 'Send again what happens from now on, and forgive past failures' })
    @ApiOkResponse({ type: WebhookResponse })
    @ApiProblems(400, 404, 409, 422)
    async enable(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
    ): Promise<WebhookResponse> {
      return this.idempotency.run(key, async (tx) => {
        const endpoint = await this.webhooks.lock(tx, ownerOf(actor), id);
        return toWebhookResponse(await this.toggle.enable(tx, actor, endpoint));
      });
    }
  }
  return WebhookAttemptRoutes;
}
