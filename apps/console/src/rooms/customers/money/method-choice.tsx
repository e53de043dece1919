import { Radio } from '@mantine/core';
import { IconBuildingBank, IconCreditCard, IconDeviceMobile, IconReceipt } from '@tabler/icons-react';

import type { Money, PayMethod } from '#apps/backoffice/api-types.js';

import { useWords } from '../../../texts/language.js';

import classes from './money.module.css';

export type Way = PayMethod | 'transfer';

const ICONS: Record<Way, typeof IconCreditCard> = {
  card: IconCreditCard,
  mb_way: IconDeviceMobile,
  multibanco: IconReceipt,
  transfer: IconBuildingBank,
};

interface MethodChoiceProps {
  readonly money: Money;
  /** null: none that can be paid is given yet. */
  readonly amountCents: number | null;
  readonly way: Way;
  readonly choose: (way: Way) => void;
}

/** The ways to pay, each with what it takes; one that does not take this amount cannot be chosen. */
export function MethodChoice({ money: facts, amountCents, way, choose }: MethodChoiceProps) {
  const { t, money } = useWords();
  const limits = facts.canPay ? facts.methods : [];
  const ways = [
    ...limits.map(({ method, leastCents, mostCents }) => ({
      name: method,
      note: t(`my-money.way.${method}.help`, {
        least: money(leastCents, facts.currency),
        most: money(mostCents, facts.currency),
      }),
      fits: amountCents === null || (amountCents >= leastCents && amountCents <= mostCents),
    })),
    { name: 'transfer' as const, note: t('my-money.way.transfer.help'), fits: true },
  ];
  return (
    <Radio.Group label={t('my-money.way')} value={way} onChange={(name) => choose(name as Way)}>
      <div className={classes.ways}>
        {ways.map(({ name, note, fits }) => {
          const Icon = ICONS[name];
          return (
            <Radio.Card key={name} value={name} disabled={!fits} className={classes.way ?? ''} data-way={name}>
              <Radio.Indicator />
              <Icon size={22} stroke={1.6} aria-hidden />
              <span>
                <strong>{t(`my-money.way.${name}`)}</strong>
                <small>{note}</small>
              </span>
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}

/** What can be chosen at first: the provider's way when there is one. */
export const firstWay = ({ canPay }: Money): Way => (canPay ? 'card' : 'transfer');
