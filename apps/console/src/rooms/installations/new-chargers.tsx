import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Candidate, OpenedEnrolment } from '#apps/backoffice/api-types.js';

import { enrolmentQuery, installationSecurityQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { AdoptForm } from './adopt-form.js';
import { EnrolmentCode } from './enrolment-code.js';

interface NewChargersProps {
  readonly installationId: string;
  readonly timeZone: string;
}

/** Chargers that nobody knows yet: letting them come, and deciding on those that wait. */
export function NewChargers({ installationId, timeZone }: NewChargersProps) {
  const { t, instant } = useWords();
  const { user } = useSession();
  const enrolment = useQuery(enrolmentQuery(installationId));
  const mayDecide = user.role !== 'manager' && user.role !== 'resident';
  const open = enrolment.data?.window ?? null;
  return (
    <div style={{ marginTop: 20 }}>
      <Section
        title={t('enrolment.title')}
        help={
          open === null
            ? t('enrolment.closed')
            : t('enrolment.open-until', { at: instant(open.until, timeZone), most: open.most })
        }
        aside={mayDecide && <WindowButton installationId={installationId} isOpen={open !== null} />}
      >
        {enrolment.data === undefined && !enrolment.isError && <RowsLoading rows={1} />}
        {enrolment.data === undefined && enrolment.isError && (
          <ErrorNotice error={enrolment.error} retry={() => void enrolment.refetch()} />
        )}
        {enrolment.data?.waiting.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('enrolment.nobody')}
          </Text>
        )}
        <Stack component="ul" gap="sm" m={0} p={0} aria-live="polite" data-testid="waiting-chargers">
          {(enrolment.data?.waiting ?? []).map((candidate) => (
            <li key={candidate.id} style={{ listStyle: 'none' }}>
              <Waiting
                candidate={candidate}
                installationId={installationId}
                timeZone={timeZone}
                mayDecide={mayDecide}
              />
            </li>
          ))}
        </Stack>
        <Unsecured installationId={installationId} mayChange={user.role === 'administrator' || user.role === 'staff'} />
      </Section>
    </div>
  );
}

function WindowButton({ installationId, isOpen }: { readonly installationId: string; readonly isOpen: boolean }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const [code, setCode] = useState<string | null>(null);
  const path = `/installations/${encodeURIComponent(installationId)}/enrolment`;
  const refresh = () => client.invalidateQueries({ queryKey: ['enrolment', installationId] });
  const turn = isOpen ? 'close' : 'open';
  const press = (): void =>
    ask({
      title: t(`enrolment.${turn}`),
      body: t(`enrolment.${turn}.body`),
      confirm: t(`enrolment.${turn}`),
      done: t(`enrolment.${turn}.done`),
      run: async (_, key) => {
        if (isOpen) await write('POST', `${path}/close`, {}, key);
        else setCode((await write<OpenedEnrolment>('PUT', path, {})).code);
        await refresh();
      },
    });
  return (
    <>
      <Button variant="default" size="xs" onClick={press} data-testid={`enrolment-${turn}`}>
        {t(`enrolment.${turn}`)}
      </Button>
      {code !== null && <EnrolmentCode code={code} close={() => setCode(null)} />}
    </>
  );
}

interface WaitingProps extends NewChargersProps {
  readonly candidate: Candidate;
  readonly mayDecide: boolean;
}

function Waiting({ candidate, installationId, timeZone, mayDecide }: WaitingProps) {
  const { t, instant } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { id, label, vendor, model, firmware, protocol, profile, frames, lastSeenAt } = candidate;
  const what = [vendor, model, firmware, protocol.replace('ocpp', 'OCPP ')].filter((word) => word !== null).join(' · ');
  const refuse = (): void =>
    ask({
      title: t('enrolment.refuse'),
      body: t('enrolment.refuse.body', { charger: label }),
      confirm: t('enrolment.refuse'),
      colour: 'red',
      done: t('enrolment.refuse.done'),
      run: async (_, key) => {
        await write('POST', `/enrolment/${encodeURIComponent(id)}/refuse`, {}, key);
        await client.invalidateQueries({ queryKey: ['enrolment', installationId] });
      },
    });
  return (
    <Group justify="space-between" gap="sm">
      <div style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {what} · {nameOf(t, 'security.profile', String(profile))}
        </Text>
        <Text size="xs" c="dimmed">
          {t('enrolment.seen', { at: instant(lastSeenAt, timeZone), frames })}
        </Text>
      </div>
      {mayDecide && (
        <Group gap="xs">
          <Button size="xs" onClick={() => setOpen(true)} data-testid="adopt-charger">
            {t('enrolment.adopt')}
          </Button>
          <Button size="xs" variant="default" onClick={refuse}>
            {t('enrolment.refuse')}
          </Button>
        </Group>
      )}
      {isOpen && <AdoptForm candidate={candidate} installationId={installationId} close={() => setOpen(false)} />}
    </Group>
  );
}

function Unsecured({ installationId, mayChange }: { readonly installationId: string; readonly mayChange: boolean }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const security = useQuery(installationSecurityQuery(installationId));
  if (security.data === undefined || !mayChange) return null;
  const isAllowed = security.data.allowUnsecured;
  const turn = isAllowed ? 'off' : 'on';
  return (
    <Switch
      mt="md"
      label={t('enrolment.unsecured')}
      checked={isAllowed}
      onChange={() =>
        ask({
          title: t(`enrolment.unsecured.${turn}`),
          body: t(`enrolment.unsecured.${turn}.body`),
          confirm: t(`enrolment.unsecured.${turn}`),
          ...(!isAllowed && { colour: 'red' }),
          done: t('enrolment.unsecured.done'),
          run: async (_, key) => {
            const path = `/installations/${encodeURIComponent(installationId)}/security`;
            await write('PUT', path, { allowUnsecured: !isAllowed }, key);
            await client.invalidateQueries({ queryKey: ['installation', installationId, 'security'] });
          },
        })
      }
    />
  );
}
