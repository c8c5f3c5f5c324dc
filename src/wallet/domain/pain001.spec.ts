import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/money/money.js';
import { pain001, type PaymentOrder } from './pain001.js';

const ORDER: PaymentOrder = {
  messageId: 'BATCH1',
  createdAt: new Date('2026-11-02T09:00:00.123Z'),
  executionDate: '2026-11-03',
  debtor: { name: 'Tributary Müller & Söhne', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  transfers: [
    {
      reference: 'LINE1',
      amount: Money.parse('125.50', 'EUR'),
      holder: 'Łukasz Żółć',
      iban: 'PL61109010140000071219812874',
      bic: 'WBKPPLPP',
    },
    {
      reference: 'LINE2',
      amount: Money.parse('0.01', 'EUR'),
      holder: 'Ahmed <Ali> & Co',
      iban: 'AE070331234567890123456',
      bic: 'EBILAEAD',
    },
  ],
};

describe('B09 pain.001.001.09', () => {
  it('has the payments in blocks, with counts and sums of each and of all', () => {
    expect(pain001(ORDER)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
        <CstmrCdtTrfInitn>
          <GrpHdr>
            <MsgId>BATCH1</MsgId>
            <CreDtTm>2026-11-02T09:00:00Z</CreDtTm>
            <NbOfTxs>2</NbOfTxs>
            <CtrlSum>125.51</CtrlSum>
            <InitgPty>
              <Nm>Tributary Muller + Sohne</Nm>
            </InitgPty>
          </GrpHdr>
          <PmtInf>
            <PmtInfId>BATCH1-SEPA</PmtInfId>
            <PmtMtd>TRF</PmtMtd>
            <NbOfTxs>1</NbOfTxs>
            <CtrlSum>125.50</CtrlSum>
            <PmtTpInf>
              <SvcLvl>
                <Cd>SEPA</Cd>
              </SvcLvl>
            </PmtTpInf>
            <ReqdExctnDt>
              <Dt>2026-11-03</Dt>
            </ReqdExctnDt>
            <Dbtr>
              <Nm>Tributary Muller + Sohne</Nm>
            </Dbtr>
            <DbtrAcct>
              <Id>
                <IBAN>DE89370400440532013000</IBAN>
              </Id>
            </DbtrAcct>
            <DbtrAgt>
              <FinInstnId>
                <BICFI>COBADEFFXXX</BICFI>
              </FinInstnId>
            </DbtrAgt>
            <ChrgBr>SLEV</ChrgBr>
            <CdtTrfTxInf>
              <PmtId>
                <EndToEndId>LINE1</EndToEndId>
              </PmtId>
              <Amt>
                <InstdAmt Ccy="EUR">125.50</InstdAmt>
              </Amt>
              <CdtrAgt>
                <FinInstnId>
                  <BICFI>WBKPPLPP</BICFI>
                </FinInstnId>
              </CdtrAgt>
              <Cdtr>
                <Nm>Lukasz Zolc</Nm>
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>PL61109010140000071219812874</IBAN>
                </Id>
              </CdtrAcct>
              <RmtInf>
                <Ustrd>Payout LINE1</Ustrd>
              </RmtInf>
            </CdtTrfTxInf>
          </PmtInf>
          <PmtInf>
            <PmtInfId>BATCH1-INTL</PmtInfId>
            <PmtMtd>TRF</PmtMtd>
            <NbOfTxs>1</NbOfTxs>
            <CtrlSum>0.01</CtrlSum>
            <ReqdExctnDt>
              <Dt>2026-11-03</Dt>
            </ReqdExctnDt>
            <Dbtr>
              <Nm>Tributary Muller + Sohne</Nm>
            </Dbtr>
            <DbtrAcct>
              <Id>
                <IBAN>DE89370400440532013000</IBAN>
              </Id>
            </DbtrAcct>
            <DbtrAgt>
              <FinInstnId>
                <BICFI>COBADEFFXXX</BICFI>
              </FinInstnId>
            </DbtrAgt>
            <ChrgBr>SHAR</ChrgBr>
            <CdtTrfTxInf>
              <PmtId>
                <EndToEndId>LINE2</EndToEndId>
              </PmtId>
              <Amt>
                <InstdAmt Ccy="EUR">0.01</InstdAmt>
              </Amt>
              <CdtrAgt>
                <FinInstnId>
                  <BICFI>EBILAEAD</BICFI>
                </FinInstnId>
              </CdtrAgt>
              <Cdtr>
                <Nm>Ahmed Ali + Co</Nm>
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>AE070331234567890123456</IBAN>
                </Id>
              </CdtrAcct>
              <RmtInf>
                <Ustrd>Payout LINE2</Ustrd>
              </RmtInf>
            </CdtTrfTxInf>
          </PmtInf>
        </CstmrCdtTrfInitn>
      </Document>
      "
    `);
  });

  it('is the same for the same order', () => {
    expect(pain001(structuredCloneOf(ORDER))).toBe(pain001(ORDER));
  });

  it('pays other currencies outside SEPA, with their own decimals', () => {
    const transfers = [{ ...ORDER.transfers[0]!, amount: Money.parse('1.125', 'KWD') }];
    const xml = pain001({ ...ORDER, transfers });
    expect(xml).toContain('<InstdAmt Ccy="KWD">1.125</InstdAmt>');
    expect(xml).toContain('<ChrgBr>SHAR</ChrgBr>');
    expect(xml).not.toContain('SvcLvl');
  });

  it('sums exactly, however many and however large', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amounts, (minors) => {
        const transfers = minors.map((minor) => ({ ...ORDER.transfers[0]!, amount: Money.of(minor, 'EUR') }));
        const sum = Money.of(
          minors.reduce((total, minor) => total + minor, 0n),
          'EUR',
        ).toString();
        const sums = [...pain001({ ...ORDER, transfers }).matchAll(/<CtrlSum>(.*)<\/CtrlSum>/g)];
        expect(sums.map(([, text]) => text)).toEqual([sum, sum]);
      }),
      { numRuns: 30 },
    );
  });
});

function structuredCloneOf(order: PaymentOrder): PaymentOrder {
  return { ...order, transfers: order.transfers.map((transfer) => ({ ...transfer })) };
}
