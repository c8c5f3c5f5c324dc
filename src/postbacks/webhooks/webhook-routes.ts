import { Body, Delete, Get, HttpCode, Patch, Post, Query, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import type { WebhookAudience } from './webhook-catalogue.js';
import { WebhookCheck } from './webhook-check.service.js';
import { WebhookFigures } from './webhook-figures.service.js';
import { ownerOf } from './webhook-owner.js';
import {
  CreateWebhookDto,
  RotateSecretDto,
  toWebhookResponse,
  UpdateWebhookDto,
  WebhookDetailResponse,
  WebhookPage,
  WebhookResponse,
  WebhooksQuery,
  WebhookWithSecretResponse,
} from './webhooks.dto.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { Webhooks } from './webhooks.service.js';

/** An answer with a mark in the place of the secret. */
type MarkedAnswer = WebhookResponse & { readonly secretMark: string };

const REPEATED =
  'A request that is repeated with its Idempotency-Key gets the same answer; with the secret, while that is still the present one, else with null.';

/** The routes by which a team looks after its webhooks: the same for partners and brands, each with its permissions. */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function webhookRoutes(audience: WebhookAudience): Type<object> {
  @ApiBearerAuth()
  class WebhookRoutes {
    constructor(
      private readonly webhooks: Webhooks,
      private readonly check: WebhookCheck,
      private readonly figures: WebhookFigures,
      private readonly unitOfWork: UnitOfWork,
      private readonly idempotency: Idempotency,
      private readonly dataSource: DataSource,
    ) {}

    @Post()
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({
      summary: 'Add a webhook; its secret is shown only in this answer',
      description: REPEATED,
    })
    @ApiCreatedResponse({ type: WebhookWithSecretResponse })
    @ApiProblems(400, 409, 422)
    async create(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @Body() body: CreateWebhookDto,
    ): Promise<WebhookWithSecretResponse> {
      await this.check.assertSendable(body.url);
      const input = {
        url: body.url,
        description: body.description ?? null,
        eventTypes: body.eventTypes ?? null,
      };
      const answer = await this.idempotency.run(key, async (tx) =>
        this.withMark(await this.webhooks.create(tx, actor, ownerOf(actor), input)),
      );
      return this.withSecret(actor, answer);
    }

    @Get()
    @Requires(`${audience}:webhooks:read`)
    @ApiOperation({ summary: 'List own webhooks, newest first' })
    @ApiOkResponse({ type: WebhookPage })
    @ApiProblems(400)
    async list(@CurrentActor() actor: Actor, @Query() query: WebhooksQuery): Promise<WebhookPage> {
      return mapPage(await this.webhooks.list(this.dataSource, ownerOf(actor), query), toWebhookResponse);
    }

    @Get(':id')
    @Requires(`${audience}:webhooks:read`)
    @ApiOperation({ summary: 'Show a webhook, and how well it does' })
    @ApiOkResponse({ type: WebhookDetailResponse })
    @ApiProblems(400, 404)
    async get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<WebhookDetailResponse> {
      const endpoint = await this.webhooks.get(this.dataSource, ownerOf(actor), id);
      return { ...toWebhookResponse(endpoint), health: await this.figures.of(this.dataSource, id) };
    }

    @Patch(':id')
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({ summary: 'Change a webhook; what waits follows to the new address' })
    @ApiOkResponse({ type: WebhookResponse })
    @ApiProblems(400, 404, 422)
    async change(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Body() body: UpdateWebhookDto,
    ): Promise<WebhookResponse> {
      // Nobody learns about hosts by ids that are not theirs.
      await this.webhooks.get(this.dataSource, ownerOf(actor), id);
      if (body.url !== undefined) await this.check.assertSendable(body.url);
      const changed = await this.unitOfWork.run((tx) =>
        this.webhooks.change(tx, actor, ownerOf(actor), id, body),
      );
      return toWebhookResponse(changed);
    }

    @Delete(':id')
    @HttpCode(204)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({ summary: 'Delete a webhook with what waits for it' })
    @ApiNoContentResponse()
    @ApiProblems(400, 404)
    async delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
      await this.unitOfWork.run((tx) => this.webhooks.delete(tx, actor, ownerOf(actor), id));
    }

    @Post(':id/secret/rotate')
    @HttpCode(200)
    @Requires(`${audience}:webhooks:write`)
    @ApiOperation({
      summary: 'Make a new secret, shown only in this answer; the old one signs too for a while',
      description: REPEATED,
    })
    @ApiOkResponse({ type: WebhookWithSecretResponse })
    @ApiProblems(400, 404, 409, 422)
    async rotate(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
      @Body() { overlapHours }: RotateSecretDto,
    ): Promise<WebhookWithSecretResponse> {
      const answer = await this.idempotency.run(key, async (tx) =>
        this.withMark(await this.webhooks.rotate(tx, actor, ownerOf(actor), id, overlapHours)),
      );
      return this.withSecret(actor, answer);
    }

    /** What is stored for a replay: the secret is at rest nowhere but sealed. */
    private withMark(endpoint: WebhookEndpoint): MarkedAnswer {
      return { ...toWebhookResponse(endpoint), secretMark: this.webhooks.secretMark(endpoint) };
    }

    private async withSecret(
      actor: Actor,
      { secretMark, ...shown }: MarkedAnswer,
    ): Promise<WebhookWithSecretResponse> {
      const secret = await this.webhooks.revealSecret(this.dataSource, ownerOf(actor), shown.id, secretMark);
      return { ...shown, secret };
    }
  }
  return WebhookRoutes;
}
