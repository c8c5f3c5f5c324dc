import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.js';
import { fitsPaypalCsv, paypalCsv } from './paypal-csv.js';

describe('B09 PayPal payouts CSV', () => {
  it('has recipient, amount, currency, reference, note and wallet', () => {
    const payments = [
      { reference: 'R1', email: 'ann@example.com', amount: Money.parse('1250.50', 'USD') },
      { reference: 'R2', email: 'bob@example.com', amount: Money.parse('3', 'JPY') },
    ];
    expect(paypalCsv(payments)).toBe(
      'ann@example.com,1250.50,USD,R1,Payout,PAYPAL\r\nbob@example.com,3,JPY,R2,Payout,PAYPAL\r\n',
    );
  });

  it('holds no address that a spreadsheet would take for a formula', () => {
    expect(fitsPaypalCsv('ann+1@example.com')).toBe(true);
    for (const email of ['=ann@example.com', '+ann@example.com', '-ann@example.com']) {
      expect(fitsPaypalCsv(email)).toBe(false);
    }
  });
});
