import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { receiveUpload } from '../../platform/index.js';
import { ImportRatesFields } from './exchange-rates.dto.js';
import { notRates } from './exchange-rates.errors.js';

/**
 * The text of the file in the request's multipart body.
 * @throws DomainError INVALID_EXCHANGE_RATES (422) when it is not UTF-8, and what {@link receiveUpload} throws
 */
export async function receiveRatesFile(request: FastifyRequest): Promise<string> {
  const { stored } = await receiveUpload(request, ImportRatesFields, (_name, content) => textOf(content));
  return stored;
}

async function textOf(content: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw notRates([{ path: 'file', message: 'must be text in UTF-8' }]);
  }
}
