import { type ArgumentsHost, Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, ProblemFilter, statusOfKind } from '../platform/index.js';
import { type FilledIn, signUpPage } from './sign-up-page.js';

/** Shows the page of sign-up again with what is wrong, to whoever takes pages; everybody else gets the problem. */
@Catch()
export class SignUpFaults extends ProblemFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const faults = error instanceof DomainError ? (error.details.errors ?? []) : [];
    if (faults.length === 0 || !request.headers.accept?.includes('text/html'))
      return super.catch(error, host);
    const page = signUpPage(
      (request.body ?? {}) as FilledIn,
      faults.map(({ path, message }) => (message.startsWith(path) ? message : `${path} ${message}`)),
    );
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(statusOfKind((error as DomainError).kind))
      .type('text/html; charset=utf-8')
      .send(page);
  }
}
