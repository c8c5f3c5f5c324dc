import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { receiveUpload } from '../../platform/index.js';
import { ImportPayoutResultsFields } from './payout-requests.dto.js';
import { notPayoutResults } from './payouts.errors.js';

/**
 * The text of the file in the request's multipart body.
 * @throws DomainError INVALID_PAYOUT_RESULTS (422) when it is not UTF-8, and what {@link receiveUpload} throws
 */
export async function receiveResultsFile(request: FastifyRequest): Promise<string> {
  const { stored } = await receiveUpload(request, ImportPayoutResultsFields, (_name, content) =>
    textOf(content),
  );
  return stored;
}

async function textOf(content: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw notPayoutResults('must be text in UTF-8');
  }
}
