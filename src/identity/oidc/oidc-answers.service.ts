import { Injectable } from '@nestjs/common';
import { calculatePKCECodeChallenge } from 'openid-client';
import { Clock, randomToken, sha256Hex, type Tx } from '../../platform/index.js';
import type { ProviderPerson } from '../domain/provider-person.js';

/** A code passes through addresses: the frontend exchanges it at once. */
const CODE_SECONDS = 60;
/** A ticket waits until a person has typed. */
const TICKET_SECONDS = 600;

/** What a provider said, for whom it is meant, and what proves that. */
export interface OidcAnswer extends ProviderPerson {
  provider: string;
  /** The session that wants to link the identity; null for a sign-in. */
  sessionId: string | null;
}

type TicketKind = 'sign_in_ticket' | 'link_ticket';

/** An answer that waits for its user's two-factor code, or for password and code. */
export interface Ticket extends OidcAnswer {
  kind: TicketKind;
  userId: string;
}

const COLUMNS = `kind, provider, issuer, subject, email, email_verified AS "emailVerified", name, challenge,
                 session_id AS "sessionId", user_id AS "userId"`;

/** Providers' answers that were not used yet, found by the hash of a secret. */
@Injectable()
export class OidcAnswers {
  constructor(private readonly clock: Clock) {}

  /** Keeps an answer and gives the code that fetches it, once, for 60 seconds, by who knows the challenge's verifier. */
  async issueCode(tx: Tx, answer: OidcAnswer, challenge: string | null): Promise<string> {
    return this.insert(tx, answer, { kind: 'code', challenge, userId: null }, CODE_SECONDS);
  }

  /** Uses a code up, also when the verifier is wrong; null when either is. */
  async redeemCode(tx: Tx, code: string, verifier: string | undefined): Promise<OidcAnswer | null> {
    const [rows] = await tx.query<[(OidcAnswer & { challenge: string | null })[], number]>(
      `DELETE FROM oidc_answers WHERE secret_hash = $1 AND kind = 'code' AND expires_at > $2 RETURNING ${COLUMNS}`,
      [sha256Hex(code), this.clock.now()],
    );
    const [row] = rows;
    // A verifier for a code without a challenge is refused too: that code was not made for this frontend.
    const expected = verifier === undefined ? null : await calculatePKCECodeChallenge(verifier);
    return row && row.challenge === expected ? row : null;
  }

  /** Keeps an answer until the user has shown more, for ten minutes, and gives the ticket for it. */
  async issueTicket(tx: Tx, answer: OidcAnswer, kind: TicketKind, userId: string): Promise<string> {
    return this.insert(tx, answer, { kind, challenge: null, userId }, TICKET_SECONDS);
  }

  /** What a ticket stands for, or null. */
  async findTicket(tx: Tx, ticket: string): Promise<Ticket | null> {
    return this.ticket(tx, ticket, '');
  }

  /** The same, locked, so that of parallel requests one uses it. */
  async lockTicket(tx: Tx, ticket: string): Promise<Ticket | null> {
    return this.ticket(tx, ticket, 'FOR UPDATE');
  }

  /** Uses a ticket up. */
  async dropTicket(tx: Tx, ticket: string): Promise<void> {
    await tx.query('DELETE FROM oidc_answers WHERE secret_hash = $1', [sha256Hex(ticket)]);
  }

  private async ticket(tx: Tx, ticket: string, lock: string): Promise<Ticket | null> {
    const [row] = await tx.query<Ticket[]>(
      `SELECT ${COLUMNS} FROM oidc_answers WHERE secret_hash = $1 AND kind <> 'code' AND expires_at > $2 ${lock}`,
      [sha256Hex(ticket), this.clock.now()],
    );
    return row ?? null;
  }

  private async insert(
    tx: Tx,
    answer: OidcAnswer,
    { kind, challenge, userId }: { kind: string; challenge: string | null; userId: string | null },
    seconds: number,
  ): Promise<string> {
    const secret = randomToken();
    await tx.query(
      `INSERT INTO oidc_answers (secret_hash, kind, provider, issuer, subject, email, email_verified, name, challenge,
                                 session_id, user_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        sha256Hex(secret),
        kind,
        answer.provider,
        answer.issuer,
        answer.subject,
        answer.email,
        answer.emailVerified,
        answer.name,
        challenge,
        answer.sessionId,
        userId,
        new Date(this.clock.now().getTime() + seconds * 1_000),
      ],
    );
    return secret;
  }
}
