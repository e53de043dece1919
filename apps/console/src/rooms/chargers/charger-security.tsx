import { Button, Group, List, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChargerDetail, ChargerSecurity as Security, PasswordByHand } from '#apps/backoffice/api-types.js';

import { chargerSecurityQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { ChargerCertificate } from './charger-certificate.js';
import { PasswordToType } from './password-to-type.js';
import { ProfileForm } from './profile-form.js';

interface ChargerSecurityProps {
  readonly charger: ChargerDetail;
}

/** What a charger must come with, its password, and what was noted of it. */
export function ChargerSecurity({ charger }: ChargerSecurityProps) {
  const { t } = useWords();
  const { user } = useSession();
  const security = useQuery(chargerSecurityQuery(charger.id));
  const mayChange = user.role !== 'manager' && user.role !== 'resident';
  return (
    <div style={{ marginTop: 20 }}>
      <Section title={t('security.title')} help={t('security.help')}>
        {security.data === undefined && !security.isError && <RowsLoading rows={2} />}
        {security.data === undefined && security.isError && (
          <ErrorNotice error={security.error} retry={() => void security.refetch()} />
        )}
        {security.data !== undefined && (
          <>
            <State security={security.data} timeZone={charger.timeZone} />
            {mayChange && <Deeds charger={charger} security={security.data} />}
            <ChargerCertificate charger={charger} mayChange={mayChange} />
            <Events events={security.data.events} timeZone={charger.timeZone} />
          </>
        )}
      </Section>
    </div>
  );
}

function State({ security, timeZone }: { readonly security: Security; readonly timeZone: string }) {
  const { t, instant } = useWords();
  const { profile, wantedProfile, password } = security;
  const since = password.askedAt === null ? '' : instant(password.askedAt, timeZone);
  return (
    <>
      <Text size="sm" fw={600} data-testid="security-profile">
        {nameOf(t, 'security.profile', String(profile))}
      </Text>
      {wantedProfile !== null && (
        <Text size="sm">{t('security.wanted', { profile: nameOf(t, 'security.profile', String(wantedProfile)) })}</Text>
      )}
      {password.isShared && (
        <Text size="sm" fw={600} c="red" data-testid="security-shared">
          {t('security.password.shared')}
        </Text>
      )}
      <Text size="sm" c="dimmed" mb="sm" data-testid="security-password">
        {t(`security.password.${password.state}`, { at: since })}
        {password.lastSeenAt !== null &&
          ` ${t('security.password.seen', { at: instant(password.lastSeenAt, timeZone) })}`}
      </Text>
    </>
  );
}

function Deeds({ charger, security }: ChargerSecurityProps & { readonly security: Security }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const path = `/chargers/${encodeURIComponent(charger.id)}/password`;
  const refresh = () => client.invalidateQueries({ queryKey: ['charger', charger.id] });
  const change = (): void =>
    ask({
      title: t('security.change'),
      body: t('security.change.body', { charger: charger.label }),
      confirm: t('security.change'),
      done: t('security.change.done'),
      run: async (_, key) => {
        await write('POST', path, {}, key);
        await refresh();
      },
    });
  const byHand = (): void =>
    ask({
      title: t('security.by-hand'),
      body: t('security.by-hand.body', { charger: charger.label }),
      confirm: t('security.by-hand'),
      done: t('security.by-hand.done'),
      run: async () => {
        setTyped((await write<PasswordByHand>('PUT', path, {})).password);
        await refresh();
      },
    });
  return (
    <Group gap="xs" mb="md">
      <Button variant="default" size="xs" onClick={change} data-testid="change-password">
        {t('security.change')}
      </Button>
      <Button variant="default" size="xs" onClick={byHand} data-testid="password-by-hand">
        {t('security.by-hand')}
      </Button>
      <Button variant="default" size="xs" onClick={() => setOpen(true)} data-testid="change-profile">
        {t('security.set-profile')}
      </Button>
      {typed !== null && <PasswordToType password={typed} charger={charger.label} close={() => setTyped(null)} />}
      {isOpen && <ProfileForm chargerId={charger.id} security={security} close={() => setOpen(false)} />}
    </Group>
  );
}

function Events({ events, timeZone }: { readonly events: Security['events']; readonly timeZone: string }) {
  const { t, instant } = useWords();
  if (events.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('security.events.none')}
      </Text>
    );
  }
  return (
    <List listStyleType="none" spacing="xs" aria-label={t('security.events')} data-testid="security-events">
      {events.map((event) => (
        <List.Item key={`${event.source}/${event.code}/${event.at}`}>
          <Text size="sm">{nameOf(t, `security.${event.source}`, event.code)}</Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {t('security.event.at', { at: instant(event.at, timeZone), times: event.times })}
            {event.detail !== null && ` · ${event.detail}`}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
