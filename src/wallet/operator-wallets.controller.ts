import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Requires } from '../identity/index.js';
import { ApiFileOrPage, ApiProblems, PathId } from '../platform/index.js';
import { TransactionAnswers } from './transaction-answers.js';
import { toBalanceDto, TransactionPage, TransactionsQuery, WalletDto } from './wallet.dto.js';
import { WalletOwners } from './wallet-owners.service.js';
import { Wallets } from './wallets.service.js';

/** Partners' balances and their history, for operators. */
@ApiTags('Operator: wallets')
@ApiBearerAuth()
@Controller('operator/partners/:id')
export class OperatorWalletsController {
  constructor(
    private readonly wallets: Wallets,
    private readonly answers: TransactionAnswers,
    private readonly owners: WalletOwners,
    private readonly dataSource: DataSource,
  ) {}

  @Get('wallet')
  @Requires('operator:wallets:read')
  @ApiOperation({ summary: "Show a partner's money by where it stands, per currency" })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(400, 401, 403, 404)
  async wallet(@PathId() id: string): Promise<WalletDto> {
    await this.owners.addressOf(this.dataSource, id);
    const balances = await this.wallets.balances(this.dataSource, id);
    return { balances: balances.map(toBalanceDto) };
  }

  @Get('transactions')
  @Requires('operator:wallets:read')
  @ApiOperation({
    summary: "List the changes of a partner's available balance, or export them as CSV or XLSX",
  })
  @ApiFileOrPage(TransactionPage)
  @ApiProblems(400, 401, 403, 404)
  async transactions(
    @PathId() id: string,
    @Query() query: TransactionsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransactionPage | StreamableFile> {
    await this.owners.addressOf(this.dataSource, id);
    return this.answers.answer(id, query, reply);
  }
}
