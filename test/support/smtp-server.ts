import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { Arrivals } from './arrivals.js';
import { type MailMessage, parseMail } from './mail-message.js';

export interface TestSmtpServer {
  /** For SMTP_URL. */
  url: string;
  /** Mails so far, in the order of arrival. */
  messages: MailMessage[];
  /** Resolves to the first mail that fits, as soon as it is there. */
  waitFor(fits: (message: MailMessage) => boolean, timeoutMs?: number): Promise<MailMessage>;
  /** The first mail to `address` whose subject matches, as soon as it is there. */
  waitForMailTo(address: string, subject?: RegExp, timeoutMs?: number): Promise<MailMessage>;
  stop(): Promise<void>;
}

/** Starts a real SMTP server on a free loopback port without sign-in: mailboxes called `refused…` it does not know. */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  const arrivals = new Arrivals<MailMessage>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => {
      const unknown = Object.assign(new Error('No such mailbox'), { responseCode: 550 });
      done(address.startsWith('refused') ? unknown : undefined);
    },
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      text(stream).then((raw) => {
        const recipients = rcptTo.map(({ address }) => address);
        arrivals.add(parseMail(raw, mailFrom ? mailFrom.address : '', recipients));
        done();
      }, done);
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const fitsMail = (address: string, subject: RegExp) => (message: MailMessage) =>
    message.to.includes(address) && subject.test(message.subject);
  return {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    messages: arrivals.items,
    waitFor: (fits, timeoutMs) => arrivals.waitFor(fits, timeoutMs),
    waitForMailTo: (address, subject = /(?:)/, timeoutMs?: number) =>
      arrivals.waitFor(fitsMail(address, subject), timeoutMs),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
