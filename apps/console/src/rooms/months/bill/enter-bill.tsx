import { ActionIcon, Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { EnterBill as Entered, MonthBill } from '#apps/backoffice/api-types.js';

import { Intent } from '../../../api/intent.js';
import { monthBillQuery } from '../../../api/queries.js';
import { write } from '../../../api/request.js';
import { formatScaled, type Language } from '../../../format/numbers.js';
import { Refusal, sayDone } from '../../../parts/action-dialog.js';
import { useWords } from '../../../texts/language.js';
import type { Words } from '../../../texts/words.js';
import { bandName } from '../../../wording/bands.js';
import { billSums, typedLines, type BillSums, type TypedLine } from '../../../wording/bill.js';

import classes from '../month.module.css';

interface EnterBillProps {
  readonly bill: MonthBill;
  readonly opened: boolean;
  readonly close: () => void;
}

/** The retailer's invoice typed in, its sums checked while one types. */
export function EnterBill({ bill, opened, close }: EnterBillProps) {
  const { t } = useWords();
  return (
    <Modal opened={opened} onClose={close} size="xl" title={<Text fw={650}>{t('bill.enter')}</Text>}>
      <BillForm bill={bill} close={close} />
    </Modal>
  );
}

let lastKey = 0;
function newKey(): string {
  lastKey += 1;
  return `line-${lastKey}`;
}

/** The lines of the invoice entered last, or those that one of this month should have. */
function firstLines(bill: MonthBill, t: Words['t'], language: Language): TypedLine[] {
  const last = bill.invoices.at(-1);
  if (last !== undefined) {
    return last.lines.map(({ kind, band, code, label, wh, netCents }) => ({
      key: newKey(),
      kind,
      band,
      code,
      label,
      kWh: wh === null ? '' : formatScaled(wh, 3, 3, language),
      amount: formatScaled(netCents, 2, 2, language),
    }));
  }
  const empty = { kWh: '', amount: '' };
  return [
    ...bill.expected.bands.map(({ band, label }): TypedLine => {
      const name = t('bill.energy-of', { band: bandName(t, band, label) });
      return { key: newKey(), kind: 'energy', band, code: null, label: name, ...empty };
    }),
    ...bill.expected.charges.map(({ code, label }): TypedLine => {
      return { key: newKey(), kind: 'charge', band: null, code, label, ...empty };
    }),
  ];
}

function BillForm({ bill, close }: Omit<EnterBillProps, 'opened'>) {
  const words = useWords();
  const { t, language } = words;
  const client = useQueryClient();
  const last = bill.invoices.at(-1);
  const [head, setHead] = useState({
    number: last?.number ?? '',
    issueDate: last?.issueDate ?? '',
    periodFrom: last?.periodFrom ?? bill.periodFrom,
    periodTo: last?.periodTo ?? bill.periodTo,
    vat: last === undefined ? '' : formatScaled(last.vatCents, 2, 2, language),
    total: last === undefined ? '' : formatScaled(last.totalCents, 2, 2, language),
  });
  const [lines, setLines] = useState(() => firstLines(bill, t, language));
  const [intent] = useState(() => new Intent());
  const save = useMutation({
    mutationFn: (body: Entered) =>
      intent.once(JSON.stringify(body), (key) =>
        write<MonthBill>('POST', `/months/${encodeURIComponent(bill.cycleId)}/bill`, body, key),
      ),
    onSuccess: (ran) => {
      if (ran === null) return;
      client.setQueryData(monthBillQuery(bill.cycleId).queryKey, ran.answer);
      close();
      sayDone(t('done.title'), t('bill.entered'));
    },
  });

  const sums = billSums({ lines, vat: head.vat, total: head.total }, language);
  const read = typedLines(lines, language);
  const body = bodyOf(head, read, sums);
  const put = (name: keyof typeof head) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setHead((now) => ({ ...now, [name]: value }));
  };
  const change = (key: string, part: Partial<TypedLine>): void =>
    setLines((now) => now.map((line) => (line.key === key ? Object.assign({}, line, part) : line)));
  const addCharge = (): void =>
    setLines((now) => [
      ...now,
      { key: newKey(), kind: 'charge', band: null, code: null, label: '', kWh: '', amount: '' },
    ]);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (body !== null) save.mutate(body);
      }}
      noValidate
    >
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label={t('bill.number')}
            value={head.number}
            onChange={put('number')}
            maxLength={60}
            data-autofocus
          />
          <TextInput label={t('bill.issue-date')} type="date" value={head.issueDate} onChange={put('issueDate')} />
          <TextInput label={t('bill.from')} type="date" value={head.periodFrom} onChange={put('periodFrom')} />
          <TextInput label={t('bill.to')} type="date" value={head.periodTo} onChange={put('periodTo')} />
        </SimpleGrid>
        <fieldset className={classes.billLines}>
          <legend>{t('bill.lines')}</legend>
          {lines.map((line) => (
            <LineFields
              key={line.key}
              line={line}
              change={(part) => change(line.key, part)}
              remove={() => setLines((now) => now.filter(({ key }) => key !== line.key))}
            />
          ))}
        </fieldset>
        <Group>
          <Button variant="subtle" size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={addCharge}>
            {t('bill.add-charge')}
          </Button>
        </Group>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label={t('bill.vat')} value={head.vat} onChange={put('vat')} inputMode="decimal" />
          <TextInput label={t('bill.total')} value={head.total} onChange={put('total')} inputMode="decimal" />
        </SimpleGrid>
        <Sums sums={sums} currency={bill.currency} />
        {save.isError && <Refusal error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={body === null}>
            {t('bill.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type Head = Record<'number' | 'issueDate' | 'periodFrom' | 'periodTo', string>;

/** What is sent; null while something is missing or does not add up. */
function bodyOf(head: Head, lines: Entered['lines'] | null, sums: BillSums): Entered | null {
  const { number, issueDate, periodFrom, periodTo } = head;
  const { netCents, vatCents, totalCents, offCents } = sums;
  if (lines === null || number.trim() === '' || periodFrom === '' || periodTo === '') return null;
  if (netCents === null || vatCents === null || totalCents === null || offCents !== 0) return null;
  const dates = { issueDate: issueDate === '' ? null : issueDate, periodFrom, periodTo };
  return { number: number.trim(), ...dates, lines, netCents, vatCents, totalCents };
}

interface LineFieldsProps {
  readonly line: TypedLine;
  readonly change: (part: Partial<TypedLine>) => void;
  readonly remove: () => void;
}

function LineFields({ line, change, remove }: LineFieldsProps) {
  const { t } = useWords();
  return (
    <div className={classes.billLine} data-kind={line.kind}>
      <TextInput
        aria-label={t('bill.line.label')}
        placeholder={t('bill.line.label')}
        value={line.label}
        maxLength={120}
        onChange={(event) => change({ label: event.currentTarget.value })}
      />
      {line.kind === 'energy' ? (
        <TextInput
          aria-label={t('bill.line.kwh', { label: line.label })}
          value={line.kWh}
          onChange={(event) => change({ kWh: event.currentTarget.value })}
          inputMode="decimal"
          rightSection={
            <Text size="xs" c="dimmed">
              kWh
            </Text>
          }
          rightSectionWidth={44}
        />
      ) : (
        <span />
      )}
      <TextInput
        aria-label={t('bill.line.amount', { label: line.label })}
        value={line.amount}
        onChange={(event) => change({ amount: event.currentTarget.value })}
        inputMode="decimal"
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('bill.line.remove', { label: line.label })}
        onClick={remove}
      >
        <IconTrash size={17} aria-hidden />
      </ActionIcon>
    </div>
  );
}

/** What the lines come to and whether the invoice adds up, said as soon as it can be. */
function Sums({ sums, currency }: { readonly sums: BillSums; readonly currency: string }) {
  const { t, money, kWh } = useWords();
  const { wh, netCents, offCents } = sums;
  return (
    <output data-testid="bill-sums">
      <Text size="sm">
        {netCents === null || wh === null
          ? t('bill.sums.typing')
          : t('bill.sums', { net: money(netCents, currency), wh: kWh(wh) })}
      </Text>
      {offCents !== null && (
        <Text size="sm" fw={600} c={offCents === 0 ? 'mar' : 'var(--cz-bad)'}>
          {offCents === 0
            ? t('bill.sums.right')
            : t(offCents > 0 ? 'bill.sums.missing' : 'bill.sums.too-much', {
                off: money(Math.abs(offCents), currency),
              })}
        </Text>
      )}
    </output>
  );
}
