import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconExternalLink } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { CollectionAnswer, Invoice } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useAsk, type ActionAnswers } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { invoiceActionNeedsReason, invoiceActions, type InvoiceAction } from '../../wording/invoice.js';
import { CreditDialog } from '../money/credit-dialog.js';
import { useReissue } from '../money/use-reissue.js';

function bodyOf(action: InvoiceAction, answers: ActionAnswers): object {
  if (action === 'collection:record-transfer') {
    return { amountCents: answers.amountCents, reference: answers.reference };
  }
  return invoiceActionNeedsReason(action) ? { reason: answers.reason } : {};
}

/** What can be done about one invoice now. */
export function InvoiceMenu({ invoice }: { readonly invoice: Invoice }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const reissue = useReissue();
  const [crediting, setCrediting] = useState(false);
  const actions = invoiceActions(invoice);

  const start = (action: InvoiceAction): void => {
    const [scope, name] = action.split(':');
    const path = `/${scope === 'arrears' ? 'arrears' : 'collections'}/${encodeURIComponent(invoice.documentId)}/${name ?? ''}`;
    const key = textKey(action);
    ask({
      title: t(key),
      body: t(`${key}.ask`, { number: invoice.number }),
      confirm: t(key),
      done: t(`${key}.done`),
      needsReason: invoiceActionNeedsReason(action),
      ...(action === 'collection:record-transfer' && {
        transferDue: { cents: invoice.dueCents, currency: invoice.currency },
      }),
      ...((action === 'collection:cancel' || action === 'arrears:waive') && { colour: 'red' }),
      run: async (answers, key) => {
        await write<CollectionAnswer>('POST', path, bodyOf(action, answers), key);
        await Promise.all(
          [['month-invoices'], ['month'], ['months'], ['customer'], ['customer-month']].map((queryKey) =>
            client.invalidateQueries({ queryKey }),
          ),
        );
      },
    });
  };

  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('invoice.actions', { number: invoice.number })}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map((action) => (
            <Menu.Item
              key={action}
              onClick={() => start(action)}
              {...((action === 'collection:cancel' || action === 'arrears:waive') && { color: 'red' })}
            >
              {t(textKey(action))}
            </Menu.Item>
          ))}
          {actions.length > 0 && <Menu.Divider />}
          {invoice.waitsForReissue ? (
            <Menu.Item onClick={() => reissue(invoice)}>{t('documents.reissue')}</Menu.Item>
          ) : (
            <Menu.Item onClick={() => setCrediting(true)}>{t('invoice.credit')}</Menu.Item>
          )}
          {invoice.workflowUrl !== null && (
            <>
              <Menu.Divider />
              <Menu.Item
                component="a"
                href={invoice.workflowUrl}
                target="_blank"
                rel="noreferrer"
                rightSection={<IconExternalLink size={15} aria-hidden />}
              >
                {t('app.open-temporal')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {crediting && <CreditDialog documentId={invoice.documentId} close={() => setCrediting(false)} />}
    </>
  );
}

type Scoped<Action> = Action extends `${infer Scope}:${infer Name}` ? `${Scope}-action.${Name}` : never;

function textKey<Action extends InvoiceAction>(action: Action): Scoped<Action> {
  return action.replace(':', '-action.') as Scoped<Action>;
}
