import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import { ApiProblems, UnitOfWork, wholeList } from '../platform/index.js';
import {
  PaymentMethodTypeDto,
  PaymentMethodTypeList,
  toPaymentMethodTypeDto,
  UpdatePaymentMethodTypeDto,
} from './payment-methods.dto.js';
import { PaymentMethodTypes } from './payment-method-types.service.js';

/** What operators set for each type of payment method (rule 4.2). */
@ApiTags('Operator: payment method types')
@ApiBearerAuth()
@Controller('operator/payment-method-types')
export class OperatorPaymentMethodTypesController {
  constructor(
    private readonly types: PaymentMethodTypes,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:payment-method-types:read')
  @ApiOperation({ summary: 'List all types of payment methods, closed ones too' })
  @ApiOkResponse({ type: PaymentMethodTypeList })
  @ApiProblems(401, 403)
  async list(): Promise<PaymentMethodTypeList> {
    const types = await this.types.list(this.dataSource.manager);
    return wholeList(types.map(toPaymentMethodTypeDto));
  }

  @Patch(':code')
  @Requires('operator:payment-method-types:write')
  @Financial()
  @ApiOperation({ summary: "Change a type's title, limits and currencies, or close it" })
  @ApiOkResponse({ type: PaymentMethodTypeDto })
  @ApiProblems(400, 401, 403, 404, 422)
  update(
    @CurrentActor() actor: Actor,
    @Param('code') code: string,
    @Body() changes: UpdatePaymentMethodTypeDto,
  ): Promise<PaymentMethodTypeDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.types.update(tx, actor, code, changes);
      return toPaymentMethodTypeDto(await this.types.get(tx, code));
    });
  }
}
