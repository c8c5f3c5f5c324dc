import { DataSource } from 'typeorm';
import type { INestApplicationContext } from '@nestjs/common';
import { createApp, startBackgroundWork, stopApp } from '../app.setup.js';
import { Accounts, Passwords } from '../identity/index.js';
import { Clock, type Config, UnitOfWork } from '../platform/index.js';
import { DemoClient } from './demo-client.js';
import { DemoClock } from './demo-clock.js';
import { DEMO_BRAND_OWNER } from './demo-offers.js';
import { DEMO_OPERATOR_EMAIL, DEMO_PARTNERS, DEMO_PASSWORD } from './demo-program.js';
import { DemoStory } from './demo-story.js';

/**
 * Plays the demo program into an empty database, by a second instance of the application whose clock is moved
 * through the last thirty days. Does nothing when there is any brand already.
 */
export async function loadDemo(config: Config, databaseUrl: string): Promise<void> {
  const end = new Clock(config.clockOffsetMs).now();
  const clock = new DemoClock(end);
  const app = await createApp({ config, databaseUrl, clock });
  try {
    const dataSource = app.get(DataSource);
    const [{ empty }] = await dataSource.query<[{ empty: boolean }]>(
      'SELECT NOT EXISTS (SELECT FROM brands) AS empty',
    );
    if (!empty) return;
    await makeOperator(app);
    await startBackgroundWork(app);
    await app.listen(0, '127.0.0.1');
    const mails = async (to: string): Promise<string[]> => {
      const rows = await dataSource.query<{ text_body: string }[]>(
        'SELECT text_body FROM mailbox WHERE recipient = $1',
        [to],
      );
      return rows.map(({ text_body }) => text_body);
    };
    await new DemoStory(new DemoClient(await app.getUrl()), clock, mails).play(end);
  } finally {
    await stopApp(app);
  }
}

async function makeOperator(app: INestApplicationContext): Promise<void> {
  const passwordHash = await app.get(Passwords).hashNew(DEMO_PASSWORD);
  await app.get(UnitOfWork).run((tx) =>
    app.get(Accounts).register(tx, {
      email: DEMO_OPERATOR_EMAIL,
      passwordHash,
      name: 'Olga Operator',
      realm: 'operator',
      role: 'admin',
      active: true,
      emailVerified: true,
    }),
  );
}

/** The demo's sign-ins, in words. */
export function demoSignIns(): string {
  const emails = [DEMO_OPERATOR_EMAIL, ...DEMO_PARTNERS.map(({ email }) => email), DEMO_BRAND_OWNER.email];
  return `Demo sign-ins (password '${DEMO_PASSWORD}'):\n${emails.map((email) => `  ${email}`).join('\n')}\n`;
}
