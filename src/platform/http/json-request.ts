import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'undici';

/** A call of somebody else's API. */
export interface JsonRequest {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds from the request to the last byte. */
  timeoutMs: number;
  /** Longest answer that is read. */
  maxBytes: number;
}

export interface JsonAnswer {
  status: number;
  /** Null for what is no JSON. */
  body: unknown;
  headers: IncomingHttpHeaders;
}

/**
 * Calls an API at an address of the settings. Redirects are not followed.
 * @throws Error when no whole answer came in time, or one too long; it names hosts and codes, never headers
 */
export async function requestJson(call: JsonRequest): Promise<JsonAnswer> {
  const response = await request(call.url, {
    method: call.method,
    headers: { accept: 'application/json', ...call.headers },
    body: call.body,
    signal: AbortSignal.timeout(call.timeoutMs),
  });
  const text = await boundedText(response.body, call.maxBytes);
  return { status: response.statusCode, body: jsonOf(text), headers: response.headers };
}

async function boundedText(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
