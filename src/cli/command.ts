import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { Clock, openDatabase, readConfig } from '../platform/index.js';

/**
 * Does a command's work with the application in this process, beside whatever instances are running: its database is
 * up to date, nothing listens, and events that the work brings about are left to the workers. Always closed after.
 */
export async function withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const config = readConfig().withRole('web');
  const database = await openDatabase(config);
  try {
    const clock = new Clock(config.clockOffsetMs);
    const options = { config, databaseUrl: database.url, clock };
    const app = await NestFactory.createApplicationContext(AppModule.forRoot(options), {
      logger: ['warn', 'error'],
      abortOnError: false,
    });
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
}

/** Ends the process with a command: exit code 0 when it succeeded, 1 when it did not or threw (told on stderr). */
export function exitWith(command: Promise<boolean>): void {
  command
    .then((succeeded) => process.exit(succeeded ? 0 : 1))
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    });
}
