import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TERMS_ACCEPTED_AT_SIGN_UP, type TermsAcceptedAtSignUp } from '../../partner-management/index.js';
import { Outbox } from '../../platform/index.js';
import { TermsReading } from './terms-reading.service.js';

/** Records the terms that people accepted by signing up, as of then. */
@Injectable()
export class SignUpTerms implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly terms: TermsReading,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<TermsAcceptedAtSignUp>(
      'content.sign-up-terms',
      TERMS_ACCEPTED_AT_SIGN_UP,
      async (tx, { payload, occurredAt }) => {
        const { versionIds, ...by } = payload;
        await this.terms.acceptAtSignUp(tx, by, versionIds, new Date(occurredAt));
      },
    );
  }
}
