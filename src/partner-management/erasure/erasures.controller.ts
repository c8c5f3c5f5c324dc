import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Reauthentication, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  UnitOfWork,
} from '../../platform/index.js';
import {
  ErasureDto,
  ErasureQuery,
  ErasureStatusDto,
  OperatorErasurePage,
  RequestErasureDto,
} from './erasures.dto.js';
import { Erasures } from './erasures.service.js';

/** Erasure of a partner's data, asked for by its owner (B12). */
@ApiTags('personal data')
@ApiBearerAuth()
@Controller()
export class ErasuresController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly reauthentication: Reauthentication,
    private readonly erasures: Erasures,
  ) {}

  @Get('partner/erasure')
  @Requires('partner:personal-data:own')
  @ApiOperation({ summary: 'Show how the erasure of your data stands, and what is in its way' })
  @ApiOkResponse({ type: ErasureStatusDto })
  @ApiProblems(401, 403)
  status(@CurrentActor() actor: PartnerActor): Promise<ErasureStatusDto> {
    return this.unitOfWork.run((tx) => this.erasures.status(tx, actor.partnerId));
  }

  @Post('partner/erasure')
  @HttpCode(202)
  @Requires('partner:personal-data:own')
  @ApiOperation({
    summary: 'Ask for the erasure of your data; it begins after seven days of grace',
    description:
      'It does not begin while you are blocked, and is cancelled when an operator blocks you; another owner can then ask ' +
      'for it.',
  })
  @ApiAcceptedResponse({ type: ErasureDto })
  @ApiProblems(400, 401, 403, 409, 422)
  async request(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false, secrets: ['password', 'code'] }) key: IdempotencyKey | null,
    @Body() body: RequestErasureDto,
  ): Promise<ErasureDto> {
    // A code is accepted once: the same request again would be refused for it.
    const repeated = await this.idempotency.find<ErasureDto>(key);
    if (repeated) return repeated.response;
    await this.reauthentication.confirm(actor, body);
    return this.idempotency.run(key, (tx) => this.erasures.request(tx, actor, body.acceptLoss ?? false));
  }

  @Delete('partner/erasure')
  @Requires('partner:personal-data:own')
  @ApiOperation({ summary: 'Cancel the erasure of your data, as long as it has not begun' })
  @ApiOkResponse({ type: ErasureDto })
  @ApiProblems(401, 403, 409)
  cancel(@CurrentActor() actor: PartnerActor): Promise<ErasureDto> {
    return this.unitOfWork.run((tx) => this.erasures.cancel(tx, actor));
  }

  @Get('operator/erasures')
  @Requires('operator:partners:read')
  @ApiOperation({ summary: 'List erasures of partners, newest first' })
  @ApiOkResponse({ type: OperatorErasurePage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: ErasureQuery): Promise<OperatorErasurePage> {
    return this.erasures.list(query);
  }
}
