import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { webhookAttemptRoutes } from './webhook-attempt-routes.js';
import { webhookRoutes } from './webhook-routes.js';

/** The brand's webhooks (B05). */
@ApiTags('Brand: webhooks')
@Controller('brand/webhooks')
export class BrandWebhooksController extends webhookRoutes('brand') {}

/** What they hear of, and what was sent to them. */
@ApiTags('Brand: webhooks')
@Controller('brand')
export class BrandWebhookAttemptsController extends webhookAttemptRoutes('brand') {}
