import {
  printedAmount,
  printedDate,
  printedKWh,
  printedMoney,
  printedMonth,
  printedRate,
} from '../invoicing/printed-numbers.js';
import type { InvoiceFacts } from './invoice-facts.js';
import { drawChargingReport, drawMeters } from './invoice-pdf-report.js';
import { A4, ACCENT, CONTENT_WIDTH, INK, MARGIN, MUTED, PdfPage, RULE, TINT } from './pdf-page.js';
import { BAND_ORDER, bandWord } from './words.js';

const LEFT = MARGIN.left;
const HALF = (CONTENT_WIDTH - 24) / 2;
const RIGHT_COLUMN = LEFT + HALF + 24;

/** The invoice as an A4 document in Portuguese. Pure: the same facts give the same bytes. */
export async function renderInvoicePdf(facts: InvoiceFacts): Promise<Buffer> {
  const page = new PdfPage({
    title: `Fatura ${facts.numberText}`,
    author: facts.issuer.name,
    createdAt: facts.issuedAt,
  });
  drawHeading(page, facts);
  drawParties(page, facts);
  drawTotal(page, facts);
  drawOverview(page, facts);
  drawChargingReport(page, facts);
  drawMeters(page, facts);
  drawQuestions(page, facts);
  return page.finish((number, count) => drawFooter(page, facts, number, count));
}

function drawHeading(page: PdfPage, facts: InvoiceFacts): void {
  const { issuer } = facts;
  page.box(LEFT, page.y, 4, 44, ACCENT);
  page.line(issuer.name, LEFT + 14, page.y, CONTENT_WIDTH * 0.6, { size: 13, bold: true });
  page.line(placeOf(issuer), LEFT + 14, page.y + 18, CONTENT_WIDTH * 0.6, { size: 8.5, color: MUTED });
  page.line(`NIF ${issuer.nif ?? '–'}  ·  ${issuer.email}`, LEFT + 14, page.y + 31, CONTENT_WIDTH * 0.6, {
    size: 8.5,
    color: MUTED,
  });
  const right = { x: LEFT + CONTENT_WIDTH * 0.62, width: CONTENT_WIDTH * 0.38 };
  page.line('FATURA', right.x, page.y, right.width, { size: 9, bold: true, color: ACCENT, align: 'right' });
  page.line(facts.numberText, right.x, page.y + 12, right.width, { size: 15, bold: true, align: 'right' });
  page.line(`Emitida em ${printedDate(facts.issueDate)}`, right.x, page.y + 31, right.width, {
    size: 8.5,
    color: MUTED,
    align: 'right',
  });
  page.y += 56;
}

function placeOf(party: { address: string | null; postalCode: string | null; city: string | null }): string {
  const town = [party.postalCode, party.city].filter((part) => part !== null && part !== '').join(' ');
  return [party.address, town].filter((part) => part !== null && part !== '').join(', ');
}

function drawParties(page: PdfPage, facts: InvoiceFacts): void {
  const { customer } = facts;
  const top = page.y;
  page.line('CLIENTE', LEFT, top, HALF, { size: 7.5, bold: true, color: MUTED });
  page.line(customer.name, LEFT, top + 12, HALF, { size: 11, bold: true });
  const details = [
    customer.address ?? '',
    [customer.postalCode, customer.city].filter((part) => part !== null).join(' '),
    `NIF ${customer.nif ?? 'consumidor final'}  ·  Cliente n.º ${customer.id}`,
  ].filter((text) => text !== '');
  details.forEach((text, index) => page.line(text, LEFT, top + 27 + index * 12, HALF, { size: 9, color: MUTED }));

  const spots = [...new Set(facts.lines.flatMap((line) => (line.spotName === null ? [] : [line.spotName])))];
  const rows: [string, string][] = [
    ['Período', `${printedDate(facts.periodFrom)} a ${printedDate(facts.periodTo)}`],
    ['Vencimento', printedDate(facts.dueDate)],
    ['Instalação', facts.installationName],
    ['Condomínio', facts.condominiumName],
    [spots.length > 1 ? 'Lugares' : 'Lugar', spots.join(', ')],
  ];
  rows.forEach(([name, value], index) => {
    const y = top + index * 13;
    page.line(name, RIGHT_COLUMN, y, 70, { size: 9, color: MUTED });
    page.line(value, RIGHT_COLUMN + 72, y, HALF - 72, { size: 9, align: 'right' });
  });
  page.y = top + 76;
}

/** Total first, and how it will be collected. */
function drawTotal(page: PdfPage, facts: InvoiceFacts): void {
  const height = 62;
  const { headline, explanation } = collectionText(facts);
  page.box(LEFT, page.y, CONTENT_WIDTH, height, ACCENT, 6);
  page.line('Total a pagar', LEFT + 18, page.y + 11, 180, { size: 9, color: '#d7ebe3' });
  page.line(printedMoney(facts.grossCents, facts.currency), LEFT + 18, page.y + 24, 190, {
    size: 24,
    bold: true,
    color: '#ffffff',
  });
  const x = LEFT + 218;
  page.line(headline, x, page.y + 13, CONTENT_WIDTH - 236, { size: 12, bold: true, color: '#ffffff' });
  page.paragraph(explanation, x, page.y + 30, CONTENT_WIDTH - 236, { size: 8.5, color: '#d7ebe3' });
  page.y += height + 16;
}

function collectionText(facts: InvoiceFacts): { headline: string; explanation: string } {
  const date = printedDate(facts.dueDate);
  switch (facts.paymentMethod) {
    case 'direct-debit':
      return {
        headline: `Débito direto em ${date}`,
        explanation: 'O valor será debitado na conta do seu mandato SEPA. Não precisa de fazer nada.',
      };
    case 'prepaid':
      return {
        headline: `Saldo pré-pago em ${date}`,
        explanation: 'O valor será descontado do seu saldo. Se não chegar, avisamos do que falta.',
      };
    default:
      return {
        headline: `Transferência até ${date}`,
        explanation: `${facts.issuer.iban === null ? '' : `IBAN ${groupedIban(facts.issuer.iban)}. `}Indique ${facts.numberText} no descritivo.`,
      };
  }
}

function groupedIban(iban: string): string {
  return iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 ');
}

/** Left: the month's energy by band. Right: net, VAT by rate, total. */
function drawOverview(page: PdfPage, facts: InvoiceFacts): void {
  const top = page.y;
  const chartHeight = drawBandChart(page, facts, top);
  const vatHeight = drawVatSummary(page, facts, top);
  page.y = top + Math.max(chartHeight, vatHeight) + 10;
}

function drawBandChart(page: PdfPage, facts: InvoiceFacts, top: number): number {
  page.line(`Energia de ${printedMonth(facts.periodFrom.slice(0, 7))} por período horário`, LEFT, top, HALF, {
    size: 9.5,
    bold: true,
  });
  const bands = energyByBand(facts);
  const most = Math.max(1, ...bands.map(({ wh }) => wh));
  const total = Math.max(
    1,
    bands.reduce((sum, { wh }) => sum + wh, 0),
  );
  const bar = { x: LEFT + 62, width: HALF - 62 - 96 };
  bands.forEach(({ band, wh }, index) => {
    const y = top + 20 + index * 17;
    page.line(bandWord(band), LEFT, y, 60, { size: 8.5 });
    page.box(bar.x, y - 1, bar.width, 10, TINT, 2);
    page.box(
      bar.x,
      y - 1,
      Math.max(1.5, (bar.width * wh) / most),
      10,
      ACCENT,
      Math.min(2, (bar.width * wh) / most / 2),
    );
    page.line(printedKWh(wh), bar.x + bar.width + 4, y, 64, { size: 8.5, align: 'right' });
    page.line(`${Math.round((wh * 100) / total)} %`, LEFT + HALF - 28, y, 28, {
      size: 8.5,
      color: MUTED,
      align: 'right',
    });
  });
  return 20 + bands.length * 17;
}

function energyByBand(facts: InvoiceFacts): { band: string; wh: number }[] {
  const energy = new Map<string, number>();
  for (const line of facts.lines) {
    if (line.kind !== 'energy' || line.band === null) continue;
    energy.set(line.band, (energy.get(line.band) ?? 0) + (line.wh ?? 0));
  }
  const rank = (band: string) => (BAND_ORDER.includes(band) ? BAND_ORDER.indexOf(band) : BAND_ORDER.length);
  return [...energy].map(([band, wh]) => ({ band, wh })).sort((a, b) => rank(a.band) - rank(b.band));
}

function drawVatSummary(page: PdfPage, facts: InvoiceFacts, top: number): number {
  const columns = [RIGHT_COLUMN, RIGHT_COLUMN + HALF * 0.36, RIGHT_COLUMN + HALF * 0.68] as const;
  const widths = [HALF * 0.36, HALF * 0.32, HALF * 0.32] as const;
  page.line('Resumo do IVA', RIGHT_COLUMN, top, HALF, { size: 9.5, bold: true });
  const row = (cells: readonly [string, string, string], y: number, bold = false, color = INK) =>
    cells.forEach((text, index) =>
      page.line(text, columns[index] ?? RIGHT_COLUMN, y, widths[index] ?? HALF, {
        size: 8.5,
        bold,
        color,
        align: index === 0 ? 'left' : 'right',
      }),
    );
  row(['Taxa', 'Base', 'IVA'], top + 19, false, MUTED);
  page.rule(RIGHT_COLUMN, top + 31, HALF);
  let y = top + 36;
  for (const group of facts.vatGroups) {
    row([printedRate(group.ratePermyriad), printedAmount(group.netCents), printedAmount(group.vatCents)], y);
    y += 14;
  }
  page.rule(RIGHT_COLUMN, y, HALF);
  row(['Total sem IVA', '', printedMoney(facts.netCents, facts.currency)], y + 5);
  row(['IVA', '', printedMoney(facts.vatCents, facts.currency)], y + 18);
  row(['Total com IVA', '', printedMoney(facts.grossCents, facts.currency)], y + 31, true);
  return y + 44 - top;
}

function drawQuestions(page: PdfPage, facts: InvoiceFacts): void {
  const estimatedWh = facts.lines.reduce((sum, line) => sum + (line.estimatedWh ?? 0), 0);
  const notes = [
    `Tem dúvidas sobre esta fatura? Escreva para ${facts.issuer.email} e indique ${facts.numberText}. Cada valor acima resulta de leituras guardadas do contador do carregador, que pode consultar no seu portal.`,
    'Preços do comercializador de eletricidade do condomínio, sem IVA. Cada linha é energia × preço, arredondada ao cêntimo; os totais somam as linhas.',
  ];
  const meteredWh = facts.meters.reduce((sum, meter) => sum + meter.lastWh - meter.firstWh, 0);
  if (facts.meters.length > 0 && meteredWh !== chargedWh(facts)) {
    notes.push(
      'A diferença entre leituras pode não ser igual à energia faturada: fatura-se só a energia de sessões de carregamento, dentro do mês.',
    );
  }
  if (estimatedWh > 0) {
    notes.splice(
      1,
      0,
      `Energia estimada: ${printedKWh(estimatedWh)}. Entre duas leituras com mais de 15 minutos de intervalo, a energia foi repartida pelos períodos horários em proporção do tempo. O total medido não muda.`,
    );
  }
  const style = { size: 8.5, color: MUTED } as const;
  const height = notes.reduce((sum, note) => sum + page.heightOf(note, CONTENT_WIDTH - 28, style) + 5, 15);
  page.room(height + 6);
  page.y += 6;
  page.box(LEFT, page.y, CONTENT_WIDTH, height, TINT, 4);
  let y = page.y + 10;
  for (const note of notes) y += page.paragraph(note, LEFT + 14, y, CONTENT_WIDTH - 28, style) + 5;
  page.y += height;
}

function chargedWh(facts: InvoiceFacts): number {
  return facts.lines.reduce((sum, line) => sum + (line.kind === 'energy' ? (line.wh ?? 0) : 0), 0);
}

function drawFooter(page: PdfPage, facts: InvoiceFacts, number: number, count: number): void {
  const y = A4.height - 42;
  page.rule(LEFT, y - 7, CONTENT_WIDTH, RULE);
  const style = { size: 7.5, color: MUTED } as const;
  page.line(`${facts.numberText}  ·  ${facts.issuer.name}`, LEFT, y, CONTENT_WIDTH * 0.75, style);
  page.line(`Página ${number} de ${count}`, LEFT + CONTENT_WIDTH * 0.75, y, CONTENT_WIDTH * 0.25, {
    ...style,
    align: 'right',
  });
  if (facts.issuer.softwareCertificate !== null) return;
  page.line('Assinatura fiscal não configurada para este emitente.', LEFT, y + 11, CONTENT_WIDTH, style);
}
