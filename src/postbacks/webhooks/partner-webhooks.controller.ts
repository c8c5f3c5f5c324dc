import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { webhookAttemptRoutes } from './webhook-attempt-routes.js';
import { webhookRoutes } from './webhook-routes.js';

/** The partner's webhooks (B05). */
@ApiTags('Partner: webhooks')
@Controller('partner/webhooks')
export class PartnerWebhooksController extends webhookRoutes('partner') {}

/** What they hear of, and what was sent to them. */
@ApiTags('Partner: webhooks')
@Controller('partner')
export class PartnerWebhookAttemptsController extends webhookAttemptRoutes('partner') {}
