import pg from 'pg';
import type { Visit } from './visit.js';

const COPY = `COPY visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent, referer, query,
                           country, bot, datacenter)
              FROM STDIN`;

/** What the published types of `pg` leave out of a connection. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Stores rows of visits (`copyRow`) by `COPY`, in a transaction of its own: half the server's work of an `INSERT`. The
 * rows follow the command at once instead of waiting until the server asks for them; a server that refuses the command
 * skips them. The callback is called once: when the commit was acknowledged, or with the error.
 */
export class CopyVisits extends pg.Query {
  constructor(
    private readonly visitRows: readonly string[],
    callback: (error: Error | undefined) => void,
  ) {
    super(COPY, callback);
  }

  /** Sends the command with its rows. */
  override submit = (connection: pg.Connection): void => {
    connection.stream.cork();
    connection.query(COPY);
    (connection as CopyConnection).sendCopyFromChunk(Buffer.from(this.visitRows.join('')));
    (connection as CopyConnection).endCopyFrom();
    connection.stream.uncork();
  };

  /** The server is ready for the rows, which are on their way already. */
  handleCopyInResponse(): void {}
}

/** A visit in the text format of COPY (PostgreSQL manual, "COPY", File Formats), in the order of the command's columns. */
export function copyRow({ id, target, visitedAt, visitor, query }: Visit): string {
  const { ip, userAgent, referer, country, bot, datacenter } = visitor;
  return `${id}\t${target.owner}\t${visitedAt.toISOString()}\t${ip ?? '\\N'}\t${field(userAgent)}\t${field(referer)}\t${field(JSON.stringify(query))}\t${country ?? '\\N'}\t${bot}\t${datacenter}\n`;
}

/** Ids of a promo and of those it belongs to, as a part of a row: the same for all its visits. */
export function ownerFields(owner: {
  partnerId: string;
  brandId: string;
  campaignId: string;
  promoId: string;
}): string {
  return `${owner.partnerId}\t${owner.brandId}\t${owner.campaignId}\t${owner.promoId}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(text: string | null): string {
  if (text === null) return '\\N';
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!) : text;
}
