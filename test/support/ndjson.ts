import { request } from 'undici';
import { signedHeaders, type TrackingScene } from './tracking-scene.js';

export interface AnswerLine {
  line?: number;
  status?: string;
  tag?: string;
  state?: string;
  accepted?: number;
  duplicate?: number;
  corrected?: number;
  rejected?: number;
  code?: string;
  message?: string;
}

export interface NdjsonAnswer {
  status: number;
  type: string;
  /** Items that were not plainly accepted, and the refusal of a body that was not taken at all. */
  items: AnswerLine[];
  /** The last line. */
  last: AnswerLine;
}

/** The body that says these items. */
export function ndjson(items: readonly object[]): Buffer {
  return Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
}

/** Headers of an NDJSON body, signed as the brand's server would. */
export function ndjsonHeaders(scene: TrackingScene, body: Buffer): Record<string, string> {
  return { ...signedHeaders(scene, body), 'content-type': 'application/x-ndjson' };
}

/** Sends the body and reads the answer to its end. */
export async function sendNdjson(
  url: string,
  body: Buffer | AsyncIterable<Buffer>,
  headers: Record<string, string>,
): Promise<NdjsonAnswer> {
  const answer = await request(url, { method: 'POST', body: body as Buffer, headers, reset: true });
  const text = await answer.body.text();
  const lines = text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as AnswerLine); // prettier-ignore
  return {
    status: answer.statusCode,
    type: String(answer.headers['content-type']),
    items: lines.filter(({ state }) => state === undefined),
    last: lines.at(-1)!,
  };
}
