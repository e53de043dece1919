import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Card } from '#apps/backoffice/api-types.js';
import { TOKEN_KINDS } from '#libs/registry/token-kinds.js';

import { spotsQuery } from '../../api/queries.js';
import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';
import { CustomerSelect } from '../money/customer-select.js';
import { lastInstant } from './card-columns.js';

interface Typed {
  readonly idTag: string;
  readonly kind: Card['kind'];
  readonly customerId: string | null;
  readonly groupTag: string;
  /** Local days, yyyy-mm-dd; empty: no limit. */
  readonly from: string;
  readonly until: string;
  readonly spotIds: readonly string[];
}

/** The local day of an instant, as a date field has it. */
function localDay(iso: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(iso));
}

const BLANK: Typed = { idTag: '', kind: 'rfid', customerId: null, groupTag: '', from: '', until: '', spotIds: [] };

function typedOf({ idTag, kind, customer, groupTag, validFrom, expiresAt, spots, timeZone }: Card): Typed {
  return {
    idTag,
    kind,
    customerId: customer?.id ?? null,
    groupTag: groupTag ?? '',
    from: validFrom === null ? '' : localDay(validFrom, timeZone),
    until: expiresAt === null ? '' : localDay(lastInstant(expiresAt), timeZone),
    spotIds: spots.map(({ id }) => id),
  };
}

/** Null while something is missing or wrong. A limit that was not touched stays the instant it was. */
function bodyOf(typed: Typed, card: Card | null): object | null {
  const { idTag, kind, customerId, groupTag, from, until, spotIds } = typed;
  if (idTag.trim() === '' || endsBefore(typed)) return null;
  const before = card === null ? BLANK : typedOf(card);
  const kept = (day: string, was: string, instant: string | null): string | null =>
    day === '' ? null : day === was && instant !== null ? instant : day;
  const terms = {
    kind,
    customerId,
    groupTag: groupTag.trim() === '' ? null : groupTag.trim(),
    validFrom: kept(from, before.from, card?.validFrom ?? null),
    expiresAt: kept(until, before.until, card?.expiresAt ?? null),
    spotIds,
  };
  return card === null ? { idTag: idTag.trim(), ...terms } : terms;
}

const endsBefore = ({ from, until }: Typed): boolean => from !== '' && until !== '' && until < from;

interface CardDialogProps {
  readonly installationId: string;
  /** The one to change; null: a new one. */
  readonly card: Card | null;
  readonly close: () => void;
}

/** A card's terms: whose it is, of which group, where and when it is good. */
export function CardDialog({ installationId, card, close }: CardDialogProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const spots = useQuery(spotsQuery(installationId));
  const [typed, setTyped] = useState<Typed>(() => (card === null ? BLANK : typedOf(card)));
  const put = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const isNew = card === null;
  return (
    <FormDialog
      title={isNew ? t('cards.new') : t('cards.change.title', { idTag: card.idTag })}
      {...(isNew && { help: t('cards.new.help') })}
      confirm={t(isNew ? 'cards.add' : 'cards.save')}
      done={t(isNew ? 'cards.added' : 'cards.changed')}
      path={isNew ? `/installations/${encodeURIComponent(installationId)}/tokens` : `/tokens/${card.tokenId}`}
      method={isNew ? 'POST' : 'PUT'}
      body={bodyOf(typed, card)}
      refresh={() => client.invalidateQueries({ queryKey: ['cards'] })}
      close={close}
      testId="save-card"
    >
      {(tried) => (
        <>
          {isNew && (
            <TextInput
              label={t('cards.number')}
              value={typed.idTag}
              maxLength={36}
              autoComplete="off"
              onChange={(event) => put({ idTag: event.currentTarget.value })}
              error={tried && typed.idTag.trim() === '' && t('cards.number.wrong')}
              data-autofocus
            />
          )}
          <Select
            label={t('cards.kind')}
            data={TOKEN_KINDS.map((kind) => ({ value: kind, label: t(`cards.kind.${kind}`) }))}
            value={typed.kind}
            allowDeselect={false}
            onChange={(value) => put({ kind: TOKEN_KINDS.find((kind) => kind === value) ?? 'rfid' })}
          />
          <CustomerSelect
            label={t('cards.customer')}
            customerId={typed.customerId}
            choose={(customerId) => put({ customerId })}
            error={null}
            optional={{ before: card?.customer ?? null }}
          />
          <TextInput
            label={t('cards.group')}
            description={t('cards.group.help')}
            value={typed.groupTag}
            maxLength={20}
            autoComplete="off"
            onChange={(event) => put({ groupTag: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('cards.from')}
            value={typed.from}
            onChange={(event) => put({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('cards.until')}
            value={typed.until}
            onChange={(event) => put({ until: event.currentTarget.value })}
            error={endsBefore(typed) && t('cards.until.wrong')}
          />
          <MultiSelect
            label={t('cards.spots')}
            description={t('cards.spots.help')}
            data={(spots.data ?? []).map(({ spotId, spotName }) => ({ value: spotId, label: spotName }))}
            value={[...typed.spotIds]}
            onChange={(spotIds) => put({ spotIds })}
            searchable
          />
        </>
      )}
    </FormDialog>
  );
}
