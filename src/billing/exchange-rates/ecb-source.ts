import { Injectable } from '@nestjs/common';
import { request } from 'undici';
import { Clock, Config } from '../../platform/index.js';
import type { EcbFile } from './domain/due-ecb-file.js';
import type { DayRate } from './domain/rate-fields.js';
import { EcbRatesReader, NotEcbRates } from './domain/read-ecb-rates.js';

const FILE_NAMES: Record<EcbFile, string> = {
  daily: 'eurofxref-daily.xml',
  ninetyDays: 'eurofxref-hist-90d.xml',
  all: 'eurofxref-hist.xml',
};

/** What a download may take at most. */
export interface DownloadLimits {
  /** Milliseconds from the request to the last byte. */
  readonly totalMs: number;
  readonly bytes: number;
}

/** The file of all days has 8 MB and grows by a third of one every year. */
const LIMITS: DownloadLimits = { totalMs: 60_000, bytes: 32 * 1024 * 1024 };

/** The ECB's files of reference rates, at the address that the settings name. Redirects are not followed. */
@Injectable()
export class EcbSource {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Downloads a file and reads it while it comes: all of its rates or none.
   * @throws NotEcbRates when it is something else or too large, Error when it cannot be had
   */
  async fetch(file: EcbFile, { totalMs, bytes }: DownloadLimits = LIMITS): Promise<DayRate[]> {
    const reader = new EcbRatesReader(this.clock.now().toISOString().slice(0, 10));
    const text = new TextDecoder();
    const { statusCode, body } = await request(`${this.config.ecbRatesUrl}/${FILE_NAMES[file]}`, {
      signal: AbortSignal.timeout(totalMs),
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new NotEcbRates(`The server of reference rates answered ${statusCode}.`);
    }
    let received = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > bytes)
        throw new NotEcbRates(`The file of reference rates is larger than ${bytes} bytes.`);
      reader.write(text.decode(chunk, { stream: true }));
    }
    return reader.end();
  }
}
