import type { InvoicePaper } from './invoice-paper.js';
import { importedWh, isCreditNote, netCentsOf } from './invoice-sections.js';
import { ACCENT, HALF, INK, MARGIN, MUTED, RIGHT_COLUMN, TINT } from './pdf-page.js';
import { bandWord, byBand } from './words.js';

const LEFT = MARGIN.left;

/** Left: the month's energy by band, and what the net is made of. Right: net, VAT by rate, total. */
export function drawOverview(paper: InvoicePaper): void {
  const { page } = paper;
  const top = page.y;
  const chartHeight = drawBandChart(paper, top);
  const partsHeight = drawParts(paper, top + chartHeight);
  const vatHeight = drawVatSummary(paper, top);
  page.y = top + Math.max(chartHeight + partsHeight, vatHeight) + 10;
}

/** Height 0 for a document without energy, and for a credit note: nothing is charged by it. */
function drawBandChart({ page, facts, sections, words, print }: InvoicePaper, top: number): number {
  const bands = energyByBand(sections.energy);
  if (isCreditNote(facts) || bands.length === 0) return 0;
  const title = words.energyByBand(print.month(facts.periodFrom.slice(0, 7)));
  page.line(title, LEFT, top, HALF, { size: 9.5, bold: true });
  const most = Math.max(1, ...bands.map(({ wh }) => wh));
  const total = Math.max(1, importedWh(sections.energy));
  const bar = { x: LEFT + 70, width: HALF - 70 - 96 };
  bands.forEach(({ band, wh }, index) => {
    const y = top + 20 + index * 17;
    const length = (bar.width * wh) / most;
    page.line(bandWord(band, facts.language), LEFT, y, 68, { size: 8.5 });
    page.box(bar.x, y - 1, bar.width, 10, TINT, 2);
    page.box(bar.x, y - 1, Math.max(1.5, length), 10, ACCENT, Math.min(2, length / 2));
    page.line(print.kWh(wh), bar.x + bar.width + 4, y, 64, { size: 8.5, align: 'right' });
    const percent = `${Math.round((wh * 100) / total)} %`;
    page.line(percent, LEFT + HALF - 28, y, 28, { size: 8.5, color: MUTED, align: 'right' });
  });
  return 20 + bands.length * 17 + 8;
}

function energyByBand(lines: InvoicePaper['sections']['energy']): { band: string; wh: number }[] {
  const energy = new Map<string, number>();
  for (const line of lines) {
    if (line.kind !== 'energy' || line.band === null) continue;
    energy.set(line.band, (energy.get(line.band) ?? 0) + (line.wh ?? 0));
  }
  return [...energy].map(([band, wh]) => ({ band, wh })).sort((a, b) => byBand(a.band, b.band));
}

/** What the net total is made of, in the order of the sections; nothing where it is one part only. */
function drawParts({ page, facts, sections, words, print }: InvoicePaper, top: number): number {
  const { energy, charges, fees } = sections;
  const parts = [
    { name: words.parts.energy, lines: energy.filter(({ kind }) => kind === 'energy') },
    { name: words.parts.feedIn, lines: energy.filter(({ kind }) => kind === 'energy-export') },
    { name: words.parts.charges, lines: charges },
    { name: words.parts.fees, lines: fees },
    ...sections.adjustments.map(([period, lines]) => ({ name: words.adjustments(print.month(period)), lines })),
  ].filter(({ lines }) => lines.length > 0);
  if (parts.length < 2) return 0;
  const row = (y: number, name: string, cents: number, bold: boolean) => {
    page.line(name, LEFT, y, HALF - 80, { size: 8.5, bold });
    page.line(print.money(cents), LEFT + HALF - 78, y, 78, { size: 8.5, bold, align: 'right' });
  };
  page.line(words.summary, LEFT, top, HALF, { size: 9.5, bold: true });
  parts.forEach(({ name, lines }, index) => row(top + 18 + index * 13, name, netCentsOf(lines), false));
  const y = top + 18 + parts.length * 13;
  page.rule(LEFT, y, HALF);
  row(y + 5, words.vat.net, facts.netCents, true);
  return y + 20 - top;
}

function drawVatSummary({ page, facts, words, print }: InvoicePaper, top: number): number {
  const { vat } = words;
  const columns = [RIGHT_COLUMN, RIGHT_COLUMN + HALF * 0.36, RIGHT_COLUMN + HALF * 0.68] as const;
  const widths = [HALF * 0.36, HALF * 0.32, HALF * 0.32] as const;
  const small = { size: 7.5, color: MUTED } as const;
  const row = (cells: readonly [string, string, string], y: number, bold = false, color = INK) =>
    cells.forEach((text, index) => {
      const align = index === 0 ? 'left' : 'right';
      page.line(text, columns[index] ?? RIGHT_COLUMN, y, widths[index] ?? HALF, { size: 8.5, bold, color, align });
    });
  page.line(vat.title, RIGHT_COLUMN, top, HALF, { size: 9.5, bold: true });
  row([vat.rate, vat.base, vat.vat], top + 19, false, MUTED);
  page.rule(RIGHT_COLUMN, top + 31, HALF);
  let y = top + 36;
  for (const group of facts.vatGroups) {
    row([print.rate(group.ratePermyriad), print.amount(group.netCents), print.amount(group.vatCents)], y);
    y += 14;
    if (group.exemptionCode === undefined) continue;
    const reason = `${vat.noTax} (${group.exemptionCode}): ${group.exemptionReason ?? ''}`;
    y += page.paragraph(reason, RIGHT_COLUMN, y - 2, HALF, small) + 2;
  }
  page.rule(RIGHT_COLUMN, y, HALF);
  row([vat.net, '', print.money(facts.netCents)], y + 5);
  row([vat.vat, '', print.money(facts.vatCents)], y + 18);
  row([vat.gross, '', print.money(facts.grossCents)], y + 31, true);
  page.line(facts.vatRounding === 'line' ? vat.perLine : vat.perGroup, RIGHT_COLUMN, y + 46, HALF, small);
  return y + 57 - top;
}
