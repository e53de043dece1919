import { describe, expect, it } from '@jest/globals';

import { readStatusReport } from './status-report.js';

const report = (inside: string, version = '03') =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.${version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-07-14T08:00:00</CreDtTm></GrpHdr>
${inside}
</CstmrPmtStsRpt></Document>`);
const group = (more = '') =>
  `<OrgnlGrpInfAndSts><OrgnlMsgId>dd-1</OrgnlMsgId><OrgnlMsgNmId>pain.008</OrgnlMsgNmId>${more}</OrgnlGrpInfAndSts>`;
const rejected = (endToEndId: string, reason: string) =>
  `<TxInfAndSts><OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>${reason}</Rsn></StsRsnInf></TxInfAndSts>`;

describe('readStatusReport', () => {
  it.each(['03', '10'])('reads what became of each debit, version 001.%s', (version) => {
    const part = `<OrgnlPmtInfAndSts><OrgnlPmtInfId>dd-1-RCUR</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
      ${rejected('a', '<Cd>AM04</Cd>')}${rejected('b', '<Prtry>XX</Prtry>')}
      <TxInfAndSts><OrgnlEndToEndId>c</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>`;
    const read = readStatusReport(report(group('<GrpSts>PART</GrpSts>') + part, version));
    expect(read).toEqual({
      report: {
        messageId: 'BANK-1',
        originalMessageId: 'dd-1',
        status: 'partly',
        reasonCode: null,
        parts: [{ paymentInformationId: 'dd-1-RCUR', status: 'partly', reasonCode: null }],
        transactions: [
          { endToEndId: 'a', status: 'rejected', reasonCode: 'AM04', detail: null },
          { endToEndId: 'b', status: 'rejected', reasonCode: 'XX', detail: null },
          { endToEndId: 'c', status: 'accepted', reasonCode: null, detail: null },
        ],
      },
    });
  });

  it('reads that a whole message was refused', () => {
    const read = readStatusReport(
      report(group('<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>')),
    );
    expect(read).toMatchObject({ report: { status: 'rejected', reasonCode: 'FF01', transactions: [] } });
  });

  it('guesses nothing: another message, a missing id, an unknown status', () => {
    const code = (bytes: Uint8Array) => {
      const read = readStatusReport(bytes);
      return 'refused' in read ? read.refused.code : null;
    };
    expect(code(report(group('<GrpSts>HMMM</GrpSts>')))).toBe('REPORT_UNKNOWN_STATUS');
    expect(code(report('<OrgnlGrpInfAndSts/>'))).toBe('REPORT_INCOMPLETE');
    expect(code(Buffer.from('<a/>'))).toBe('REPORT_NOT_A_STATUS_REPORT');
  });
});
