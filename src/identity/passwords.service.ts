import { Algorithm, hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { passwordFault } from './domain/password-rule.js';
import { weakPassword } from './identity.errors.js';

/** argon2id with 19 MiB, two passes, one lane (OWASP; rule 10.1). */
const OPTIONS = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each hash takes 19 MiB and a core: more at once only make everybody wait. */
const AT_ONCE = 4;

/** Hashes and checks passwords. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** Hash of a password nobody has: checking it takes as long as checking a real one. */
  private readonly decoy = hash('nobody has this password', OPTIONS);

  /**
   * Checks a new password, from the request's field `path`, against the rule and hashes it.
   * @throws DomainError WEAK_PASSWORD (422)
   */
  async hashNew(password: string, path = 'password'): Promise<string> {
    const fault = passwordFault(password);
    if (fault) throw weakPassword(fault, path);
    return this.limited(() => hash(password, OPTIONS));
  }

  /** Whether the password fits the hash; without a hash it takes the same time and is false. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const stored = passwordHash ?? (await this.decoy);
    const fits = await this.limited(() => verify(stored, password));
    return fits && passwordHash !== null;
  }

  private async limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((go) => this.waiting.push(go));
    else this.running += 1;
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, or is given back.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
