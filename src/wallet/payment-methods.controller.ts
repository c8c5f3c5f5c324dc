import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, Financial, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
  wholeList,
} from '../platform/index.js';
import {
  AddPaymentMethodDto,
  PaymentMethodDto,
  PaymentMethodList,
  PaymentMethodTypeList,
  toPaymentMethodDto,
  toPaymentMethodTypeDto,
} from './payment-methods.dto.js';
import { PaymentMethodTypes } from './payment-method-types.service.js';
import { PaymentMethods } from './payment-methods.service.js';

/** A partner's payment methods and the types on offer (A26). */
@ApiTags('Partner: payment methods')
@ApiBearerAuth()
@Controller('partner')
export class PaymentMethodsController {
  constructor(
    private readonly types: PaymentMethodTypes,
    private readonly methods: PaymentMethods,
    private readonly idempotency: Idempotency,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get('payment-method-types')
  @Requires('partner:payment-methods:read')
  @ApiOperation({ summary: 'List the types of payment methods on offer, with their fields and limits' })
  @ApiOkResponse({ type: PaymentMethodTypeList })
  @ApiProblems(401, 403)
  async listTypes(): Promise<PaymentMethodTypeList> {
    const types = await this.types.list(this.dataSource.manager);
    return wholeList(types.filter(({ enabled }) => enabled).map(toPaymentMethodTypeDto));
  }

  @Get('payment-methods')
  @Requires('partner:payment-methods:read')
  @ApiOperation({ summary: 'List your payment methods, masked' })
  @ApiOkResponse({ type: PaymentMethodList })
  @ApiProblems(401, 403)
  async list(@CurrentActor() { partnerId }: PartnerActor): Promise<PaymentMethodList> {
    const methods = await this.methods.list(this.dataSource.manager, partnerId);
    return wholeList(methods.map((method) => toPaymentMethodDto(this.methods.mask(method), method)));
  }

  @Post('payment-methods')
  @Requires('partner:payment-methods:write')
  @Financial()
  @ApiOperation({ summary: 'Add a payment method; one per type' })
  @ApiCreatedResponse({ type: PaymentMethodDto })
  @ApiProblems(400, 401, 403, 409, 422)
  add(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() { type, fields }: AddPaymentMethodDto,
  ): Promise<PaymentMethodDto> {
    return this.idempotency.run(key, async (tx) => {
      const id = await this.methods.add(tx, { ownerId: actor.partnerId, actor }, type, fields);
      const method = await this.methods.get(tx, actor.partnerId, id);
      return toPaymentMethodDto(this.methods.mask(method), method);
    });
  }

  @Delete('payment-methods/:id')
  @HttpCode(204)
  @Requires('partner:payment-methods:write')
  @Financial()
  @ApiOperation({ summary: 'Delete a payment method; refused while a pending cash-out uses it' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  async delete(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.methods.delete(tx, { ownerId: actor.partnerId, actor }, id));
  }
}
