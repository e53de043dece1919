import { Button, Checkbox, Group, Modal, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Prepaid } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { useSession } from '../../app/session.js';
import { currencySymbol, formatScaled, parseAmountCents } from '../../format/numbers.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { usePrepaidCommand } from './use-prepaid-command.js';

interface SettingsProps {
  readonly prepaid: Prepaid;
  readonly opened: boolean;
  readonly close: () => void;
}

/** The rules of an account: when to be told, what is left untouched, and automatic top-up with the consent to it. */
export function PrepaidSettings({ prepaid, opened, close }: SettingsProps) {
  const { t } = useWords();
  return (
    <Modal opened={opened} onClose={close} title={<Text fw={650}>{t('prepaid.settings')}</Text>}>
      <SettingsForm prepaid={prepaid} close={close} />
    </Modal>
  );
}

interface Amounts {
  readonly low: string;
  readonly floor: string;
  readonly below: string;
  readonly amount: string;
  readonly maximum: string;
}

/** Proposed where automatic top-up was never on. */
const USUAL = { belowCents: 1_000, amountCents: 2_500, monthMaximumCents: 10_000 };

function SettingsForm({ prepaid, close }: Omit<SettingsProps, 'opened'>) {
  const { t, language } = useWords();
  const isStaff = useSession().user.role !== 'resident';
  const command = usePrepaidCommand(prepaid.customerId);
  const text = (cents: number): string => formatScaled(cents, 2, 2, language);
  const usual = prepaid.autoTopUp ?? USUAL;
  const [amounts, setAmounts] = useState<Amounts>({
    low: text(prepaid.lowBalanceCents),
    floor: text(prepaid.floorCents),
    below: text(usual.belowCents),
    amount: text(usual.amountCents),
    maximum: text(usual.monthMaximumCents),
  });
  const [isOn, setOn] = useState(prepaid.autoTopUp !== null);
  const [agreed, setAgreed] = useState(false);
  const [intents] = useState(() => ({ rules: new Intent(), auto: new Intent() }));

  const cents = (name: keyof Amounts): number | null => {
    const value = parseAmountCents(amounts[name]);
    return value === null || value < 0 ? null : value;
  };
  const consent = t('prepaid.consent', { below: amounts.below, amount: amounts.amount, maximum: amounts.maximum });
  const bodies = bodiesOf(cents, { isOn, isStaff, consent });
  const auto = bodies?.auto.autoTopUp ?? null;
  const before = prepaid.autoTopUp;
  const changesAuto =
    (auto === null) !== (before === null) ||
    (auto !== null &&
      before !== null &&
      (auto.belowCents !== before.belowCents ||
        auto.amountCents !== before.amountCents ||
        auto.monthMaximumCents !== before.monthMaximumCents));
  const needsConsent = isOn && changesAuto;
  const save = useMutation({
    mutationFn: async ({ rules, auto }: Bodies) => {
      await intents.rules.once(JSON.stringify(rules), (key) => command('rules', rules, key));
      if (changesAuto) await intents.auto.once(JSON.stringify(auto), (key) => command('auto-top-up', auto, key));
    },
    onSuccess: () => {
      close();
      sayDone(t('done.title'), t('prepaid.settings.done'));
    },
  });
  const field = (name: keyof Amounts, label: string, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={amounts[name]}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setAmounts((now) => ({ ...now, [name]: value }));
      }}
      error={cents(name) === null && t('ask.amount.wrong')}
      rightSection={<Text c="dimmed">{currencySymbol(prepaid.currency)}</Text>}
      inputMode="decimal"
    />
  );

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (bodies !== null && (!needsConsent || agreed)) save.mutate(bodies);
      }}
      noValidate
    >
      <Stack gap="md">
        {field('low', t('prepaid.low'), t('prepaid.low.help'))}
        {isStaff && field('floor', t('prepaid.floor'), t('prepaid.floor.help'))}
        <Switch
          label={t('prepaid.auto')}
          description={t(prepaid.hasMandate ? 'prepaid.auto.help' : 'prepaid.auto.no-mandate')}
          checked={isOn}
          disabled={!prepaid.hasMandate && !isOn}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
        {isOn && (
          <>
            {field('below', t('prepaid.auto.below'))}
            {field('amount', t('prepaid.auto.amount'))}
            {field('maximum', t('prepaid.auto.maximum'))}
          </>
        )}
        {needsConsent && (
          <Checkbox
            label={consent}
            checked={agreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
            data-testid="prepaid-consent"
          />
        )}
        {save.isError && <Refusal error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={save.isPending}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={bodies === null || (needsConsent && !agreed)}>
            {t('prepaid.settings.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Bodies {
  readonly rules: { readonly lowBalanceCents: number; readonly floorCents?: number };
  readonly auto: {
    readonly autoTopUp: {
      readonly belowCents: number;
      readonly amountCents: number;
      readonly monthMaximumCents: number;
      readonly evidence: string;
    } | null;
  };
}

/** What is sent; null while an amount is none. */
function bodiesOf(
  cents: (name: keyof Amounts) => number | null,
  { isOn, isStaff, consent }: { readonly isOn: boolean; readonly isStaff: boolean; readonly consent: string },
): Bodies | null {
  const [lowBalanceCents, floorCents] = [cents('low'), cents('floor')];
  if (lowBalanceCents === null || floorCents === null) return null;
  const rules = isStaff ? { lowBalanceCents, floorCents } : { lowBalanceCents };
  if (!isOn) return { rules, auto: { autoTopUp: null } };
  const [belowCents, amountCents, monthMaximumCents] = [cents('below'), cents('amount'), cents('maximum')];
  if (belowCents === null || amountCents === null || monthMaximumCents === null) return null;
  return { rules, auto: { autoTopUp: { belowCents, amountCents, monthMaximumCents, evidence: consent } } };
}
