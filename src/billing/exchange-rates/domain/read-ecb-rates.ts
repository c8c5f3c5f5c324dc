import sax from 'sax';
import { isCurrency } from '../../../platform/money/currencies.js';
import { dayFault, type DayRate, rateFault } from './rate-fields.js';

/** As the ECB writes that there is no rate. */
const NO_RATE = 'N/A';
/** Names of elements and attributes are as short in a true file; this bounds what a false one makes us keep. */
const MAX_TOKEN_LENGTH = 64 * 1_024;

/** A file that is not what the ECB publishes; nothing of it is to be taken. */
export class NotEcbRates extends Error {}

/**
 * Reads the ECB's euro foreign exchange reference rates (eurofxref-daily.xml, -hist-90d.xml, -hist.xml) piece by
 * piece: `Cube` elements with a `time`, and in them `Cube` elements with `currency` and `rate`. The parser is strict and
 * has no entities but the predefined ones: a document type, which could declare others, is refused.
 */
export class EcbRatesReader {
  private readonly rates = new Map<string, DayRate>();
  private readonly parser = sax.parser(true);
  private day: string | null = null;

  /** @param today the UTC day that no rate may lie after */
  constructor(private readonly today: string) {
    this.parser.ondoctype = () => refuse('has a document type');
    this.parser.onerror = (error) => refuse(`is no XML: ${error.message.split('\n')[0]}`);
    this.parser.onopentag = ({ name, attributes }) => {
      if (name === 'Cube') this.take(attributes as Record<string, string>);
    };
  }

  /** Reads on. @throws NotEcbRates */
  write(piece: string): void {
    this.parser.write(piece);
    if (this.parser.position - this.parser.startTagPosition > MAX_TOKEN_LENGTH) refuse('has an endless tag');
  }

  /** All rates of the whole file, of the currencies that this program knows. @throws NotEcbRates */
  end(): DayRate[] {
    this.parser.close();
    if (this.rates.size === 0) refuse('holds no rates');
    return [...this.rates.values()];
  }

  private take({ time, currency, rate }: Record<string, string>): void {
    if (time !== undefined) {
      const fault = dayFault(time, this.today);
      if (fault !== null) refuse(`has the day '${time}', which ${fault}`);
      this.day = time;
    }
    if (currency === undefined && rate === undefined) return;
    if (this.day === null || currency === undefined || rate === undefined)
      refuse('has a rate without its day or currency');
    if (rate !== NO_RATE && isCurrency(currency)) this.keep({ day: this.day, currency, rate });
  }

  private keep(rate: DayRate): void {
    const fault = rate.currency === 'EUR' ? 'is of the euro itself' : rateFault(rate.rate);
    const what = `${rate.currency} of ${rate.day}`;
    if (fault !== null) refuse(`has the rate '${rate.rate}' for ${what}, which ${fault}`);
    const key = `${rate.day} ${rate.currency}`;
    const known = this.rates.get(key);
    if (known && known.rate !== rate.rate) refuse(`has two rates for ${what}`);
    this.rates.set(key, rate);
  }
}

function refuse(what: string): never {
  throw new NotEcbRates(`The file of reference rates ${what}.`);
}
