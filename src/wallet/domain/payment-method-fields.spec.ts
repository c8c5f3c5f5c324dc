import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskMethodFields, readMethodFields } from './payment-method-fields.js';
import { FIELD_SCHEMAS } from './payment-method-schemas.js';
import { PAYMENT_METHOD_TYPES, type PaymentMethodTypeCode } from './payment-method-types.js';

const BANK = { holder: 'Ada Lovelace', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };

const TEXT = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });

const faultsOf = (type: PaymentMethodTypeCode, input: object) =>
  readMethodFields(type, input as Record<string, unknown>).faults.map(({ path }) => path);

describe('A26 fields of payment methods', () => {
  it.each([
    ['DE89370400440532013000', true],
    ['de89 3704 0044 0532 0130 00', true],
    ['GB82WEST12345698765432', true],
    ['MT84MALT011000012345MTLCAST001S', true],
    ['DE89370400440532013001', false],
    ['DE8937040044053201300', false],
    ['XX89370400440532013000', false],
    ['ＤＥ89370400440532013000', false],
    ['4111111111111111', false],
  ])('IBAN %s is accepted: %s', (iban, accepted) => {
    expect(faultsOf('bank_transfer', { ...BANK, iban })).toEqual(accepted ? [] : ['fields.iban']);
  });

  it.each([
    ['COBADEFF', true],
    ['cobadeffxxx', true],
    ['COBADEF', false],
    ['COBADEFFXX', false],
  ])('BIC %s is accepted: %s', (bic, accepted) => {
    expect(faultsOf('bank_transfer', { ...BANK, bic })).toEqual(accepted ? [] : ['fields.bic']);
  });

  it.each([
    ['BTC', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', true],
    ['BTC', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', true],
    ['btc', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', true],
    ['BTC', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', false],
    ['BTC', 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx', false],
    ['BTC', '0x742d35Cc6634C0532925a3b844Bc454e4438f44e', false],
    ['ETH', '0x742d35Cc6634C0532925a3b844Bc454e4438f44e', true],
    ['ETH', '0x742d35Cc6634C0532925a3b844Bc454e4438f44E', false],
    ['USDT', '0x742d35Cc6634C0532925a3b844Bc454e4438f44e', true],
    ['USDT', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', true],
    ['USDT', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', false],
    ['USDC', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', false],
    ['TRX', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', true],
    ['LTC', 'LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9', true],
    ['DOGE', 'DBXu2kgc3xtvCUWFcxFE3r9hEYgmuaaCyD', true],
    ['BCH', 'bitcoincash:qpm2qsznhks23z7629mms6s5cwef74vcwvy22gdx6a', true],
  ])('%s address %s is accepted: %s', (coin, address, accepted) => {
    expect(faultsOf('crypto_address', { coin, address })).toEqual(accepted ? [] : ['fields.address']);
  });

  it.each<[PaymentMethodTypeCode, Record<string, string>, string[]]>([
    ['webmoney', { purse: 'z 1234 5678 9012' }, []],
    ['webmoney', { purse: 'A123456789012' }, ['fields.purse']],
    ['webmoney', { purse: 'Z12345678901' }, ['fields.purse']],
    ['webmoney', { purse: 'Z١٢٣٤٥٦٧٨٩٠١٢' }, ['fields.purse']],
    ['capitalist', { account: 'U0123456' }, []],
    ['capitalist', { account: '0123456' }, ['fields.account']],
    ['neteller', { email: 'ada@example.com', account: '4512 3456 7890' }, []],
    ['neteller', { email: 'ada@example.com', account: '4512' }, ['fields.account']],
    ['skrill', { email: 'ada' }, ['fields.email']],
    ['player_account', { brand: 'Lucky Fox', player: 'p-1' }, []],
    ['player_account', { brand: '---', player: '' }, ['fields.player', 'fields.brand']],
    ['gift_card', { shop: 'Bookshop', email: 'ada@example.com' }, []],
    ['gift_card', { shop: 'Bookshop' }, ['fields.email']],
  ])('%s with %j has the faults %j', (type, input, faults) => {
    expect(faultsOf(type, input)).toEqual(faults);
  });

  it('of every type show an example that is taken, and a choice where there is one', () => {
    for (const type of PAYMENT_METHOD_TYPES) {
      const schemas = FIELD_SCHEMAS[type];
      expect(faultsOf(type, Object.fromEntries(schemas.map(({ name, example }) => [name, example])))).toEqual(
        [],
      );
      for (const { form, choices } of schemas) expect(form === 'choice').toBe(choices !== undefined);
    }
  });

  it('reports an unknown coin once, at the coin', () => {
    expect(faultsOf('crypto_address', { coin: 'XYZ', address: 'x' })).toEqual(['fields.coin']);
  });

  it.each([
    ['ada@example.com', true],
    ['ada+pay@pay.example.co.uk', true],
    ['ada@localhost', false],
    ['ada example.com', false],
    ['Ada <ada@example.com>', false],
    ['a@b@example.com', false],
  ])('PayPal e-mail %s is accepted: %s', (email, accepted) => {
    expect(faultsOf('paypal', { email })).toEqual(accepted ? [] : ['fields.email']);
  });

  it('names every fault: what is missing, too long, not text or not a field', () => {
    const input = { holder: 'x'.repeat(71), iban: 5, pin: '1234' };
    expect(faultsOf('bank_transfer', input)).toEqual([
      'fields.holder',
      'fields.iban',
      'fields.bic',
      'fields.pin',
    ]);
    expect(faultsOf('other', { description: '  ok ' })).toEqual(['fields.description']);
    expect(faultsOf('other', { description: 'Cash\u0000 in hand' })).toEqual(['fields.description']);
    expect(faultsOf('other', { description: 'Cash\nin hand' })).toEqual([]);
  });

  it('keeps what it read in its electronic form', () => {
    const { fields } = readMethodFields('bank_transfer', {
      holder: '  Ada   Lovelace ',
      iban: 'de89 3704 0044 0532 0130 00',
      bic: ' cobadeff ',
    });
    expect(fields).toEqual({ ...BANK, bic: 'COBADEFF' });
  });

  it.each<[PaymentMethodTypeCode, Record<string, string>, Record<string, string>]>([
    ['bank_transfer', BANK, { holder: 'A**** L****', iban: 'DE****3000', bic: 'COBA****' }],
    ['paypal', { email: 'ada@example.com' }, { email: 'a****@example.com' }],
    [
      'crypto_address',
      { coin: 'BTC', address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa' },
      { coin: 'BTC', address: '1A1z****vfNa' },
    ],
    ['other', { description: 'Cash in hand' }, { description: 'Cas****' }],
    ['other', { description: 'Cash!' }, { description: '****' }],
    ['other', { description: '😀😀😀😀😀😀' }, { description: '😀😀😀****' }],
    ['other', { description: '😀😀😀😀😀' }, { description: '****' }],
    ['skrill', { email: '😀da@example.com' }, { email: '😀****@example.com' }],
  ])('masks %s', (type, fields, masked) => {
    expect(maskMethodFields(type, fields)).toEqual(masked);
  });

  it('shows at most half of any secret field', () => {
    const secret = PAYMENT_METHOD_TYPES.flatMap((type) => FIELD_SCHEMAS[type]).filter(
      ({ name }) => !['coin', 'holder', 'email', 'brand', 'shop'].includes(name),
    );
    fc.assert(
      fc.property(fc.constantFrom(...secret), TEXT, (schema, value) => {
        const shown = schema.mask(value).replace('****', '');
        expect([...shown].length * 2).toBeLessThanOrEqual([...value].length);
      }),
    );
  });
});
