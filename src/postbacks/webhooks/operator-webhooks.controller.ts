import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
} from '../../platform/index.js';
import {
  DisableWebhookDto,
  OperatorWebhookDetailResponse,
  OperatorWebhookPage,
  OperatorWebhookResponse,
  OperatorWebhooksQuery,
  toOperatorWebhook,
} from './operator-webhooks.dto.js';
import { WebhookFigures } from './webhook-figures.service.js';
import { WebhookSwitch } from './webhook-switch.service.js';
import { Webhooks } from './webhooks.service.js';

/** Everybody's webhooks, for operators: they see how they do, and stop them. */
@ApiTags('Operator: webhooks')
@ApiBearerAuth()
@Controller('operator/webhooks')
export class OperatorWebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly figures: WebhookFigures,
    private readonly toggle: WebhookSwitch,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:webhooks:read')
  @ApiOperation({ summary: 'List the webhooks of partners and brands, newest first' })
  @ApiOkResponse({ type: OperatorWebhookPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorWebhooksQuery): Promise<OperatorWebhookPage> {
    return mapPage(await this.webhooks.list(this.dataSource, null, query), toOperatorWebhook);
  }

  @Get(':id')
  @Requires('operator:webhooks:read')
  @ApiOperation({ summary: 'Show a webhook, and how well it does' })
  @ApiOkResponse({ type: OperatorWebhookDetailResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<OperatorWebhookDetailResponse> {
    const endpoint = await this.webhooks.get(this.dataSource, null, id);
    return { ...toOperatorWebhook(endpoint), health: await this.figures.of(this.dataSource, id) };
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Requires('operator:webhooks:write')
  @ApiOperation({ summary: 'Send nothing more to a webhook; only an operator enables it again' })
  @ApiOkResponse({ type: OperatorWebhookResponse })
  @ApiProblems(400, 404, 409, 422)
  async disable(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() { comment }: DisableWebhookDto,
  ): Promise<OperatorWebhookResponse> {
    return this.idempotency.run(key, async (tx) => {
      const endpoint = await this.webhooks.lock(tx, null, id);
      return toOperatorWebhook(await this.toggle.disable(tx, actor, endpoint, comment));
    });
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Requires('operator:webhooks:write')
  @ApiOperation({ summary: 'Enable a webhook, whoever disabled it' })
  @ApiOkResponse({ type: OperatorWebhookResponse })
  @ApiProblems(400, 404, 409, 422)
  async enable(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
  ): Promise<OperatorWebhookResponse> {
    return this.idempotency.run(key, async (tx) => {
      const endpoint = await this.webhooks.lock(tx, null, id);
      return toOperatorWebhook(await this.toggle.enable(tx, actor, endpoint));
    });
  }
}
