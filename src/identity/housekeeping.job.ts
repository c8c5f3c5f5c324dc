import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Timed, UnitOfWork } from '../platform/index.js';
import { failureWindowStart } from './domain/lock-out.js';
import { Invitations } from './members/invitations.service.js';

/**
 * Forgets sign-in failures that no longer count and tokens and changes of e-mail that expired; ends sessions left without
 * a token; withdraws invitations that nobody accepted.
 */
@Injectable()
export class IdentityHousekeeping {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly invitations: Invitations,
  ) {}

  /** May run on several instances at once: it only removes what is over. */
  @Timed('*/15 * * * *', { name: 'identity.housekeeping' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    const now = this.clock.now();
    await this.dataSource.query('DELETE FROM sign_in_failures WHERE failed_at <= $1', [
      failureWindowStart(now),
    ]);
    await this.dataSource.query('DELETE FROM one_time_tokens WHERE expires_at <= $1', [now]);
    await this.dataSource.query('DELETE FROM email_changes WHERE expires_at <= $1', [now]);
    await this.dataSource.query('DELETE FROM refresh_tokens WHERE expires_at <= $1', [now]);
    await this.dataSource.query('DELETE FROM oidc_requests WHERE expires_at <= $1', [now]);
    await this.dataSource.query('DELETE FROM oidc_answers WHERE expires_at <= $1', [now]);
    await this.dataSource.query(
      `UPDATE sessions s SET ended_at = $1
        WHERE ended_at IS NULL AND NOT EXISTS (SELECT FROM refresh_tokens r WHERE r.session_id = s.id)`,
      [now],
    );
    for (const invited of await this.invitations.forgotten(this.dataSource)) {
      await this.unitOfWork.run((tx) => this.invitations.withdrawForgotten(tx, invited));
    }
  }
}
