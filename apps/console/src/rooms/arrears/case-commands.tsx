import { Anchor, Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { ArrearsAction, ArrearsDetail } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import {
  caseCommands,
  debtorDeeds,
  deedPath,
  mayAgreePlan,
  staffDeeds,
  type ArrearsDeed,
} from '../../wording/arrears.js';
import { LetterDialog, PlanDialog } from './case-dialogs.js';

interface CommandsProps {
  readonly detail: ArrearsDetail;
  readonly role: 'staff' | 'debtor' | 'reader';
}

const ENDS: ReadonlySet<string> = new Set(['write-off', 'hand-over', 'approve-suspension']);
const EXPLAINED: ReadonlySet<ArrearsAction> = new Set(['pause', 'decline-suspension']);

/** What the person may do about the case now; everything is asked before it is done. */
export function CaseCommands({ detail, role }: CommandsProps) {
  const { t } = useWords();
  const [dialog, setDialog] = useState<'plan' | 'letter' | null>(null);
  const run = useDeeds(detail);
  if (role === 'reader') return null;
  const deeds = role === 'staff' ? staffDeeds(detail) : debtorDeeds(detail);
  const commands = role === 'staff' ? caseCommands(detail) : [];
  const isOpen = detail.case.outcome === null;
  if (role === 'debtor') {
    return deeds.map((deed) => (
      <Button key={deed} variant="default" onClick={() => run.deed(deed)}>
        {t(`arrears-deed.${deed}`)}
      </Button>
    ));
  }
  return (
    <>
      {detail.case.workflowUrl !== null && (
        <Anchor href={detail.case.workflowUrl} target="_blank" rel="noreferrer" size="sm">
          {t('app.open-temporal')}
        </Anchor>
      )}
      {commands.map((command) => (
        <Button
          key={command}
          variant={command === 'approve-suspension' ? 'filled' : 'default'}
          onClick={() => run.command(command)}
          data-testid={`case-${command}`}
        >
          {t(`arrears-action.${command}`)}
        </Button>
      ))}
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />} data-testid="case-more">
            {t('invoice.actions', { number: detail.case.number })}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayAgreePlan(detail) && <Menu.Item onClick={() => setDialog('plan')}>{t('arrears-plan.title')}</Menu.Item>}
          {isOpen && <Menu.Item onClick={() => setDialog('letter')}>{t('arrears-letter.title')}</Menu.Item>}
          {deeds.map((deed) => (
            <Menu.Item key={deed} onClick={() => run.deed(deed)} {...(ENDS.has(deed) && { color: 'red' })}>
              {t(`arrears-deed.${deed}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'plan' && <PlanDialog detail={detail} close={() => setDialog(null)} />}
      {dialog === 'letter' && <LetterDialog detail={detail} close={() => setDialog(null)} />}
    </>
  );
}

function useDeeds({ case: { documentId, number } }: ArrearsDetail) {
  const { t } = useWords();
  const ask = useAsk();
  const refresh = useCaseRefresh();
  const post = async (path: string, body: object, key: string): Promise<void> => {
    await write('POST', `/arrears/${encodeURIComponent(documentId)}/${path}`, body, key);
    await refresh();
  };
  return {
    deed: (deed: ArrearsDeed): void =>
      ask({
        title: t(`arrears-deed.${deed}`),
        body: t(`arrears-deed.${deed}.ask`, { number }),
        confirm: t(`arrears-deed.${deed}`),
        done: t(`arrears-deed.${deed}.done`),
        needsReason: true,
        ...(ENDS.has(deed) && { colour: 'red' }),
        run: ({ reason }, key) => post(deedPath(deed), { reason }, key),
      }),
    command: (command: ArrearsAction): void =>
      ask({
        title: t(`arrears-action.${command}`),
        body: t(`arrears-action.${command}.ask`, { number }),
        confirm: t(`arrears-action.${command}`),
        done: t(`arrears-action.${command}.done`),
        needsReason: EXPLAINED.has(command),
        ...(ENDS.has(command) && { colour: 'red' }),
        run: ({ reason }, key) => post(command, EXPLAINED.has(command) ? { reason } : {}, key),
      }),
  };
}

/** Everything on screen that a case is seen in. */
export function useCaseRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    const keys = [['arrears'], ['arrears-case'], ['month-invoices'], ['customer'], ['customers']];
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}
