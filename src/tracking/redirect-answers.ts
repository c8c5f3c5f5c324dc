import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { requestIdOf } from '../platform/index.js';

const HSTS = 'max-age=31536000; includeSubDomains';
const RETRY_AFTER_SECONDS = '2';

const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`;

const NOT_FOUND_PAGE = page('Link not found', 'This link does not lead anywhere. It may have been mistyped.');
const UNAVAILABLE_PAGE = page(
  'One moment',
  'This link cannot be followed right now. Please try again shortly.',
);
const NOT_ALLOWED_PAGE = page('Not possible', 'A link can only be followed.');

/** Sends the visitor on; the visit's id is the request's id. */
export function sendRedirect(response: ServerResponse, location: string, visitId: string): void {
  response.writeHead(302, [
    'Location', location,
    'Cache-Control', 'no-store',
    'Referrer-Policy', 'no-referrer-when-downgrade',
    'Strict-Transport-Security', HSTS,
    'X-Request-Id', visitId,
    'Content-Length', '0',
  ]); // prettier-ignore
  response.end();
}

/**
 * Sends the page that shows a banner on to its image, each time it is shown.
 * @param path of the image, under our own origin
 */
export function sendImage(response: ServerResponse, path: string): void {
  response.writeHead(302, [
    'Location', path,
    'Cache-Control', 'no-store',
    'Cross-Origin-Resource-Policy', 'cross-origin',
    'Strict-Transport-Security', HSTS,
    'Content-Length', '0',
  ]); // prettier-ignore
  response.end();
}

/** There is no such link. */
export function sendNotFound(response: ServerResponse): void {
  sendPage(response, 404, NOT_FOUND_PAGE);
}

/** The visit could not be stored in time; nothing is redirected without that. */
export function sendUnavailable(response: ServerResponse): void {
  sendPage(response, 503, UNAVAILABLE_PAGE, ['Retry-After', RETRY_AFTER_SECONDS]);
}

/** Links are followed by GET or HEAD. */
export function sendMethodNotAllowed(response: ServerResponse): void {
  // The unread body of the refused request ends with its connection.
  sendPage(response, 405, NOT_ALLOWED_PAGE, ['Allow', 'GET, HEAD', 'Connection', 'close']);
}

function sendPage(response: ServerResponse, status: number, html: string, headers: string[] = []): void {
  response.writeHead(status, [
    'Content-Type', 'text/html; charset=utf-8',
    'Content-Length', String(Buffer.byteLength(html)),
    'Cache-Control', 'no-store',
    'Content-Security-Policy', "default-src 'none'",
    'X-Content-Type-Options', 'nosniff',
    'Referrer-Policy', 'no-referrer',
    'Strict-Transport-Security', HSTS,
    'X-Request-Id', requestIdOf(response.req) ?? randomUUID(),
    ...headers,
  ]); // prettier-ignore
  response.end(html);
}
