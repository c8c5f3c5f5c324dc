import { defaultContentType } from './domain/body-template.js';
import { normaliseHeaders } from './domain/request-headers.js';
import type { PostbackRequest } from './postback-check.service.js';
import type { Postback, PostbackAction, PostbackScope, PostbackState } from './postback.entity.js';
import type { CreatePostbackDto } from './postbacks.dto.js';

/** A postback as it is to be made. */
export interface NewPostback extends PostbackRequest {
  scope: PostbackScope;
  campaignId?: string;
  promoId?: string;
  action: PostbackAction;
}

/** A changed postback: everything that may be changed, as it shall be. */
export interface PostbackChange extends PostbackRequest {
  action: PostbackAction;
  state: PostbackState;
}

/** A new postback with everything that was left out. */
export function withDefaults(input: CreatePostbackDto): NewPostback {
  return typed({ ...input, headers: input.headers, body: input.body ?? null });
}

/** Whether a change is of what is sent beside the URL, or has it sent again. */
export function concernsSending({ method, headers, body, state }: Partial<PostbackChange>): boolean {
  return state === 'active' || [method, headers, body].some((given) => given !== undefined);
}

/** A postback as it shall be: the given fields over what it is. A body does not outlive the change to GET. */
export function withChange(before: Postback, change: Partial<PostbackChange>): PostbackChange {
  const method = change.method ?? before.method;
  const keptBody = method === 'POST' ? before.body : null;
  return typed({
    action: change.action ?? before.action,
    state: change.state ?? before.state,
    url: change.url ?? before.url,
    method,
    headers: change.headers ?? before.headers,
    body: change.body === undefined ? keptBody : change.body,
  });
}

/** Header names in lower case, and a content type for every body, so that nobody has to guess it later. */
function typed<T extends PostbackRequest>(request: T): T {
  const headers = normaliseHeaders(request.headers);
  if (request.body !== null) headers['content-type'] ??= defaultContentType(request.body);
  return { ...request, headers };
}
