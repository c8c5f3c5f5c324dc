import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
} from '../../platform/index.js';
import { PaymentRequests } from './payment-requests.service.js';
import { PostDesk } from './post-desk.service.js';
import { PostResponse } from './posts.dto.js';

/** A creator's posts, and what they earn (E08). */
@ApiTags('Partner: jobs')
@ApiBearerAuth()
@Controller('partner/posts')
export class PartnerPostsController {
  constructor(
    private readonly payments: PaymentRequests,
    private readonly desk: PostDesk,
    private readonly idempotency: Idempotency,
  ) {}

  @Get(':id')
  @Requires('partner:jobs:read')
  @ApiOperation({ summary: 'Show a post' })
  @ApiOkResponse({ type: PostResponse })
  @ApiProblems(400, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<PostResponse> {
    return this.desk.getOfPartner(partnerId, id);
  }

  @Post(':id/payment-request')
  @HttpCode(200)
  @Requires('partner:posts:request-payment')
  @ApiOperation({
    summary: 'Request the payment of an approved post, once its campaign is over',
    description: 'The reward is in your available balance at once. A second request changes nothing.',
  })
  @ApiOkResponse({ type: PostResponse })
  @ApiProblems(400, 404, 409)
  requestPayment(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<PostResponse> {
    return this.idempotency.run(key, async (tx) =>
      this.desk.show(tx, await this.payments.request(tx, actor, id)),
    );
  }
}
