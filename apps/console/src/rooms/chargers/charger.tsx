import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';

import type { ChargerDetail } from '#apps/backoffice/api-types.js';

import { chargerQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { ChargerSecurity } from './charger-security.js';
import { Clock } from './clock.js';
import { Commands } from './commands.js';
import { Frames } from './frames.js';
import { LocalListFigures } from './local-list.js';

/** One charger: its connection, how finely it tells its energy, what it is asked for. */
export function ChargerRoom() {
  const { chargerId = '' } = useParams();
  const { t } = useWords();
  const { user } = useSession();
  const charger = useQuery(chargerQuery(chargerId));
  if (charger.data === undefined) {
    if (!charger.isError) return <RowsLoading rows={4} height={110} />;
    return <ErrorNotice error={charger.error} retry={() => void charger.refetch()} />;
  }
  const { label, installationId, installationName, vendor, model, firmware } = charger.data;
  const what = [vendor, model, firmware].filter((word) => word !== null).join(' · ');
  return (
    <>
      <PageHeader
        up={{ to: paths.installation(installationId), label: installationName }}
        title={label}
        lead={what === '' ? t('charger.model-unknown') : what}
      />
      <State charger={charger.data} />
      <LocalListFigures charger={charger.data} />
      <Commands charger={charger.data} />
      <ChargerSecurity charger={charger.data} />
      {charger.data.settings.length > 0 && <Settings charger={charger.data} />}
      <Clock charger={charger.data} />
      {user.role !== 'manager' && user.role !== 'resident' && <Frames charger={charger.data} />}
    </>
  );
}

function State({ charger }: { readonly charger: ChargerDetail }) {
  const { t } = useWords();
  const { connection, precision, lastSeenAt, timeZone } = charger;
  const at = connection?.since ?? lastSeenAt;
  return (
    <div style={{ marginBottom: 20 }}>
      <Figures>
        <Figure
          label={t('charger.connection')}
          value={t(connection === null ? 'charger.away' : 'charger.there')}
          tone={connection === null ? 'warn' : 'good'}
          note={at !== null && <Since at={at} timeZone={timeZone} />}
        />
        <Figure label={t('charger.protocol')} value={connection?.protocol.replace('ocpp', 'OCPP ') ?? t('app.none')} />
        <Figure
          label={t('charger.precision')}
          value={precision === null ? t('app.none') : nameOf(t, 'charger.precision', precision)}
          help={t('charger.precision.help')}
          tone={precision === 'start-stop' ? 'warn' : 'plain'}
        />
      </Figures>
    </div>
  );
}

function Settings({ charger }: { readonly charger: ChargerDetail }) {
  const { t } = useWords();
  const needsReboot = charger.settings.some(({ state }) => state === 'reboot-required');
  return (
    <div style={{ marginTop: 20 }}>
      <Section
        title={t('charger.settings')}
        help={t(needsReboot ? 'charger.settings.reboot' : 'charger.settings.help')}
      >
        <List listStyleType="none" spacing="xs">
          {charger.settings.map(({ name, wanted, actual, state }) => (
            <List.Item key={name}>
              <Text size="sm" fw={600}>
                {name} · {nameOf(t, 'charger.setting', state)}
              </Text>
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('charger.setting.values', { wanted, actual: actual ?? t('app.none') })}
              </Text>
            </List.Item>
          ))}
        </List>
      </Section>
    </div>
  );
}
