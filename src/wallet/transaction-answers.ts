import { Injectable, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { eachOfPages, listFile, mapPage } from '../platform/index.js';
import { Transactions } from './transactions.service.js';
import {
  TRANSACTION_HEADER,
  type TransactionPage,
  type TransactionsQuery,
  toTransactionCells,
  toTransactionDto,
  toTransactionFilter,
} from './wallet.dto.js';

/** Answers whoever asks for an owner's transactions with a page or a file. */
@Injectable()
export class TransactionAnswers {
  constructor(
    private readonly transactions: Transactions,
    private readonly dataSource: DataSource,
  ) {}

  /** @throws DomainError INVALID_CURSOR (400) */
  async answer(
    ownerId: string,
    query: TransactionsQuery,
    reply: FastifyReply,
  ): Promise<TransactionPage | StreamableFile> {
    const filter = toTransactionFilter(ownerId, query);
    const db = this.dataSource.manager;
    if (query.format === 'json') return mapPage(await this.transactions.list(db, filter), toTransactionDto);
    const rows = eachOfPages((page) => this.transactions.list(db, { ...filter, ...page }));
    const content = { header: TRANSACTION_HEADER, rows, toCells: toTransactionCells };
    return listFile(reply, query.format, 'transactions', content);
  }
}
