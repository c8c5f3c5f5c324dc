import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import { ApiFileOrPage, ApiProblems } from '../platform/index.js';
import { TransactionAnswers } from './transaction-answers.js';
import { toBalanceDto, TransactionPage, TransactionsQuery, WalletDto } from './wallet.dto.js';
import { Wallets } from './wallets.service.js';

/** A partner's balances and their history (A14, A26). */
@ApiTags('Partner: wallet')
@ApiBearerAuth()
@Controller('partner')
export class PartnerWalletController {
  constructor(
    private readonly wallets: Wallets,
    private readonly answers: TransactionAnswers,
    private readonly dataSource: DataSource,
  ) {}

  @Get('wallet')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'Show your money by where it stands, per currency' })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(401, 403)
  async wallet(@CurrentActor() { partnerId }: PartnerActor): Promise<WalletDto> {
    const balances = await this.wallets.balances(this.dataSource, partnerId);
    return { balances: balances.map(toBalanceDto) };
  }

  @Get('transactions')
  @Requires('partner:wallet:read')
  @ApiOperation({ summary: 'List the changes of your available balance, or export them as CSV or XLSX' })
  @ApiFileOrPage(TransactionPage)
  @ApiProblems(400, 401, 403)
  async listTransactions(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: TransactionsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransactionPage | StreamableFile> {
    return this.answers.answer(partnerId, query, reply);
  }
}
