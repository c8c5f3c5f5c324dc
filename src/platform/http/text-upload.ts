import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { NoFields, receiveUpload } from './upload.js';

/**
 * The text of the file in the request's multipart body, which has no other fields.
 * @param refusal makes the error from the end of the sentence "file …", when it is not UTF-8
 * @throws the refusal, and what {@link receiveUpload} throws
 */
export async function receiveText(
  request: FastifyRequest,
  refusal: (fault: string) => Error,
): Promise<string> {
  const { stored } = await receiveUpload(request, NoFields, (_name, content) => textOf(content, refusal));
  return stored;
}

async function textOf(content: Readable, refusal: (fault: string) => Error): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refusal('must be text in UTF-8');
  }
}
