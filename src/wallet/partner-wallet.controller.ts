import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiProblems, mapPage } from '../platform/index.js';
import { Transactions } from './transactions.service.js';
import {
  toBalanceDto,
  toTransactionDto,
  toTransactionFilter,
  TransactionPage,
  TransactionsQuery,
  WalletDto,
} from './wallet.dto.js';
import { Wallets } from './wallets.service.js';

/** A partner's balances and their history (A14, A26). */
@ApiTags('Partner: wallet')
@ApiBearerAuth()
@Controller('partner')
export class PartnerWalletController {
  constructor(
    private readonly wallets: Wallets,
    private readonly transactions: Transactions,
    private readonly dataSource: DataSource,
  ) {}

  @Get('wallet')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show your balance per currency' })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(401, 403)
  async wallet(@CurrentActor() { partnerId }: PartnerActor): Promise<WalletDto> {
    const balances = await this.wallets.balances(this.dataSource, partnerId);
    return { balances: balances.map(toBalanceDto) };
  }

  @Get('transactions')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List the changes of your available balance, newest first' })
  @ApiOkResponse({ type: TransactionPage })
  @ApiProblems(400, 401, 403)
  async listTransactions(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: TransactionsQuery,
  ): Promise<TransactionPage> {
    const filter = toTransactionFilter(partnerId, query);
    return mapPage(await this.transactions.list(this.dataSource.manager, filter), toTransactionDto);
  }
}
