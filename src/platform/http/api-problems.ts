import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { Problem } from './problem.dto.js';

/** A status that is answered with a problem. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 414 | 415 | 422 | 429 | 500 | 503;

const MEANINGS: Readonly<Record<ProblemStatus, string>> = {
  400: 'Malformed request; `errors` names the fields',
  401: 'Not signed in, or a fresh two-factor code (`STEP_UP_REQUIRED`) or sign-in (`REAUTHENTICATION_REQUIRED`) is needed',
  403: 'Signed in, but not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'In conflict with the present state',
  413: 'Body too large',
  414: 'A part of the path is too long',
  415: 'Media type not supported',
  422: 'Understood, but against a rule; `errors` names the fields',
  429: 'Too many requests; see `Retry-After`',
  500: 'A fault of ours; quote `requestId` when you report it',
  503: 'Not available for the moment; see `Retry-After`',
};

/** Documents the problem answers of a route; those that every route has are added to the whole document. */
export function ApiProblems(...statuses: ProblemStatus[]): MethodDecorator & ClassDecorator {
  const all = [...new Set<ProblemStatus>([...statuses, 503])];
  return applyDecorators(
    ApiExtraModels(Problem),
    ...all.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
}

/** A problem answer as OpenAPI describes it. */
export function problemResponse(status: ProblemStatus) {
  const retryAfter = {
    'Retry-After': { description: 'Whole seconds to wait', schema: { type: 'integer' as const } },
  };
  return {
    description: MEANINGS[status],
    ...((status === 429 || status === 503) && { headers: retryAfter }),
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
  };
}
