import { z } from 'zod';

import {
  day,
  decimal,
  optionalDay,
  optionalText,
  orElse,
  requiredText,
  signedDecimal,
} from '#libs/registry/tabular/cells.js';

import { BAND_PATTERN, DIRECTIONS } from '../bands.js';
import { CHARGE_UNITS, COMMON_UNITS, PARTIES, SHARES } from '../charge-words.js';
import { COMPONENTS, ENERGY } from '../tariff.js';
import { ROW_KINDS, VAT_CODES } from './price-plan-columns.js';

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `expected one of ${values.join(', ')}`);
const yesNo = orElse(
  z
    .enum(['yes', 'no', 'sim', 'não', 'true', 'false'], 'expected yes or no')
    .transform((text) => ['yes', 'sim', 'true'].includes(text)),
  false,
);

const MILLION = 1_000_000;
/** Above this it is no factor but a slip. */
const MAX_FACTOR_PPM = 100 * MILLION;
const factor = orElse(
  decimal(6, 'a factor such as 1,08').refine((ppm) => ppm > 0 && ppm <= MAX_FACTOR_PPM, 'expected a factor up to 100'),
  MILLION,
);
const exemption = orElse(z.string().regex(/^M\d{2}$/, 'expected a reason such as M07'), null);

/** Cells by column. Undefined: the header lacks the column, and what the plan has stays. */
const cellsSchema = z.object({
  installation: requiredText,
  plan: requiredText,
  planFrom: day,
  planTo: optionalDay.optional(),
  calendar: requiredText,
  bands: z.enum(['1', '2', '3', '4'], 'expected 1, 2, 3 or 4').transform(Number),
  calendarChangeover: optionalDay.optional(),
  holidaysAsSunday: yesNo.optional(),
  retailer: optionalText.optional(),
  vatCode: orElse(oneOf(VAT_CODES), 'NOR').optional(),
  exemptionCode: exemption.optional(),
  indexSeries: optionalText.optional(),
  lossesSeries: optionalText.optional(),
  losses: factor.optional(),
  factor: factor.optional(),
  margin: orElse(signedDecimal(6, 'a margin per kWh such as 0,012'), 0).optional(),
  row: orElse(oneOf(ROW_KINDS), 'price').default('price'),
  band: z.string(),
  direction: orElse(oneOf(DIRECTIONS), 'import').default('import'),
  component: orElse(oneOf(COMPONENTS), ENERGY).default(ENERGY),
  perKWh: z.string(),
  party: z.string().default(''),
  code: z.string().default(''),
  label: z.string().default(''),
  unit: z.string().default(''),
  amount: z.string().default(''),
  shareBy: z.string().default(''),
  from: z.string(),
  to: z.string().default(''),
  source: optionalText.optional(),
});
type Cells = z.infer<typeof cellsSchema>;

const span = { from: day, to: optionalDay };
const priceSchema = z.object({
  band: z.string().regex(BAND_PATTERN, 'expected a band such as super-vazio'),
  perKWh: signedDecimal(6, 'a price per kWh such as 0,245102'),
  ...span,
});
const chargeSchema = z.object({
  party: oneOf(PARTIES),
  code: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a code such as contracted-power'),
  label: requiredText,
  unit: oneOf(CHARGE_UNITS),
  shareBy: oneOf(SHARES),
  ...span,
});
const amountSchema = signedDecimal(6, 'an amount such as 1,3248');
const percentSchema = signedDecimal(4, 'a percentage of up to four decimals such as 5,1127');

/** What a row says beside the plan's own columns. */
export type RowDetail =
  | { readonly kind: 'plan' }
  | {
      readonly kind: 'price';
      readonly band: string;
      readonly direction: string;
      readonly component: string;
      readonly microsPerKWh: number;
      readonly from: string;
      readonly to: string | null;
    }
  | {
      readonly kind: 'charge';
      readonly party: string;
      readonly code: string;
      readonly label: string;
      readonly unit: string;
      /** Micro-units of the currency; of a percentage parts per million. */
      readonly micros: number;
      readonly shareBy: string;
      readonly vatCode: string;
      readonly exemptionCode: string | null;
      readonly from: string;
      readonly to: string | null;
      readonly source: string | null;
    };

/** The plan's own columns, by the name in the sheet. Undefined: not said, what the plan has stays. */
export type PlanCells = Pick<
  Cells,
  | 'plan'
  | 'planTo'
  | 'calendar'
  | 'bands'
  | 'calendarChangeover'
  | 'holidaysAsSunday'
  | 'retailer'
  | 'vatCode'
  | 'exemptionCode'
  | 'indexSeries'
  | 'lossesSeries'
  | 'losses'
  | 'factor'
  | 'margin'
  | 'source'
>;

export interface PricePlanRow {
  readonly installation: string;
  readonly planFrom: string;
  readonly plan: PlanCells;
  readonly detail: RowDetail;
}

const OF_PRICE = ['band', 'perKWh'] as const;
const OF_CHARGE = ['party', 'code', 'label', 'unit', 'amount', 'shareBy'] as const;

interface Issue {
  readonly column: string;
  readonly message: string;
}

/** A row of a price plan's sheet; what is wrong has the column's name as its path. */
export const pricePlanRowSchema = cellsSchema.transform((cells, context): PricePlanRow => {
  const read = detailOf(cells);
  const issues = [...('issues' in read ? read.issues : []), ...spanIssues(cells), ...exemptionIssues(cells)];
  for (const { column, message } of issues) {
    context.issues.push({ code: 'custom', input: column, path: [column], message });
  }
  if (issues.length > 0 || 'issues' in read) return z.NEVER;
  const { installation, planFrom, vatCode, exemptionCode, source, ...plan } = cells;
  // In a charge's row these are the charge's.
  const ofEnergy = read.detail.kind === 'charge' ? {} : { vatCode, exemptionCode, source };
  return { installation, planFrom, plan: { ...plan, ...ofEnergy }, detail: read.detail };
});

function detailOf(cells: Cells): { readonly detail: RowDetail } | { readonly issues: readonly Issue[] } {
  switch (cells.row) {
    case 'price':
      return priceOf(cells);
    case 'charge':
      return chargeOf(cells);
    case 'plan': {
      const issues = foreign(cells, [...OF_PRICE, ...OF_CHARGE], 'plan');
      return issues.length > 0 ? { issues } : { detail: { kind: 'plan' } };
    }
    default:
      return cells.row satisfies never;
  }
}

function priceOf(cells: Cells): { readonly detail: RowDetail } | { readonly issues: readonly Issue[] } {
  const parsed = priceSchema.safeParse(cells);
  const issues = [...foreign(cells, OF_CHARGE, 'price'), ...(parsed.success ? [] : issuesOf(parsed.error))];
  if (parsed.success && parsed.data.perKWh < 0 && cells.component !== 'discount') {
    issues.push({ column: 'perKWh', message: 'only a discount is negative' });
  }
  if (parsed.success && parsed.data.perKWh > 0 && cells.component === 'discount') {
    issues.push({ column: 'perKWh', message: 'a discount is negative: write it with a minus sign' });
  }
  if (!parsed.success || issues.length > 0) return { issues };
  const { perKWh: microsPerKWh, ...rest } = parsed.data;
  const { direction, component } = cells;
  return { detail: { kind: 'price', ...rest, direction, component, microsPerKWh } };
}

function chargeOf(cells: Cells): { readonly detail: RowDetail } | { readonly issues: readonly Issue[] } {
  const parsed = chargeSchema.safeParse(cells);
  const amount = (cells.unit === 'percent-of-energy' ? percentSchema : amountSchema).safeParse(cells.amount);
  const issues = [
    ...foreign(cells, OF_PRICE, 'charge'),
    ...(parsed.success ? [] : issuesOf(parsed.error)),
    ...(amount.success ? [] : issuesOf(amount.error, 'amount')),
    ...shareIssues(cells),
  ];
  if (!parsed.success || !amount.success || issues.length > 0) return { issues };
  const { vatCode = 'NOR', exemptionCode = null, source = null } = cells;
  return { detail: { kind: 'charge', ...parsed.data, micros: amount.data, vatCode, exemptionCode, source } };
}

/** A sum for the whole month is divided among all; everything else each has of their own, or the condominium keeps. */
function shareIssues({ unit, shareBy }: Cells): Issue[] {
  const isCommon = COMMON_UNITS.has(unit);
  if (isCommon && shareBy === 'own') {
    return [{ column: 'shareBy', message: `"own" is not for a charge ${unit}: say how it is divided` }];
  }
  if (isCommon || shareBy === 'own' || shareBy === 'none') return [];
  return [{ column: 'shareBy', message: `a charge ${unit} is each one's own: expected own, or none` }];
}

/** Cells that say something in a row of another kind. */
function foreign(cells: Cells, columns: readonly (keyof Cells)[], kind: string): Issue[] {
  return columns
    .filter((column) => cells[column] !== '')
    .map((column) => ({ column, message: `is empty in a row of kind ${kind}` }));
}

function issuesOf(error: z.ZodError, column?: string): Issue[] {
  return error.issues.map(({ path, message }) => ({ column: column ?? String(path[0] ?? ''), message }));
}

function spanIssues({ planFrom, planTo, row, from, to }: Cells): Issue[] {
  const issues: Issue[] = [];
  if (typeof planTo === 'string' && planTo < planFrom)
    issues.push({ column: 'planTo', message: 'is before "planFrom"' });
  if (row !== 'plan' && to !== '' && to < from) issues.push({ column: 'to', message: 'is before "from"' });
  return issues;
}

function exemptionIssues({ vatCode, exemptionCode }: Cells): Issue[] {
  const isExempt = vatCode === 'ISE';
  const hasReason = typeof exemptionCode === 'string';
  if (isExempt === hasReason) return [];
  return [
    { column: 'exemptionCode', message: isExempt ? 'says why the row is exempt, such as M07' : 'is only for ISE' },
  ];
}
