import { Button, Group, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { ChargerCertificate as Certificate, ChargerDetail } from '#apps/backoffice/api-types.js';

import { chargerCertificateQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

interface ChargerCertificateProps {
  readonly charger: ChargerDetail;
  readonly mayChange: boolean;
}

/** The certificate by which the charger says who it is, and what can be done with it. */
export function ChargerCertificate({ charger, mayChange }: ChargerCertificateProps) {
  const certificate = useQuery(chargerCertificateQuery(charger.id));
  if (certificate.data === undefined) {
    if (!certificate.isError) return <RowsLoading rows={1} />;
    return <ErrorNotice error={certificate.error} retry={() => void certificate.refetch()} />;
  }
  return (
    <div style={{ marginBottom: 16 }}>
      <Standing certificate={certificate.data} timeZone={charger.timeZone} />
      {mayChange && <Deeds charger={charger} certificate={certificate.data} />}
    </div>
  );
}

function Standing({ certificate, timeZone }: { readonly certificate: Certificate; readonly timeZone: string }) {
  const { t, instant } = useWords();
  const { state, serial, authority, notAfter, revoked, refusal } = certificate;
  return (
    <>
      <Text size="sm" fw={600} data-testid="certificate-state">
        {t(`certificate.state.${state}`)}
      </Text>
      {serial !== null && notAfter !== null && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('certificate.facts', { until: instant(notAfter, timeZone), serial, authority: authority ?? '' })}
        </Text>
      )}
      {revoked !== null && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {t('certificate.revoked', { at: instant(revoked.at, timeZone), by: revoked.by, reason: revoked.because })}
        </Text>
      )}
      {refusal !== null && (
        <Text size="sm" c="red" data-testid="certificate-refusal">
          {t('certificate.refusal', {
            at: instant(refusal.at, timeZone),
            reason: nameOf(t, 'certificate.refusal', refusal.code),
          })}
        </Text>
      )}
    </>
  );
}

const GOOD: ReadonlySet<Certificate['state']> = new Set(['under-way', 'taken', 'not-taken', 'in-use']);

function Deeds({ charger, certificate }: { readonly charger: ChargerDetail; readonly certificate: Certificate }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const path = `/chargers/${encodeURIComponent(charger.id)}/certificate`;
  const refresh = () => client.invalidateQueries({ queryKey: ['charger', charger.id] });
  const isFirst = certificate.serial === null;
  const toRenew = t(isFirst ? 'certificate.first' : 'certificate.renew');
  const renew = (): void =>
    ask({
      title: toRenew,
      body: t(isFirst ? 'certificate.first.body' : 'certificate.renew.body', { charger: charger.label }),
      confirm: toRenew,
      done: t('certificate.renew.done'),
      run: async (_, key) => {
        await write('POST', `${path}/renew`, {}, key);
        await refresh();
      },
    });
  const revoke = (): void =>
    ask({
      title: t('certificate.revoke'),
      body: t('certificate.revoke.body', { charger: charger.label }),
      confirm: t('certificate.revoke'),
      colour: 'red',
      needsReason: true,
      done: t('certificate.revoke.done'),
      run: async ({ reason }, key) => {
        await write('POST', `${path}/revoke`, { reason }, key);
        await refresh();
      },
    });
  return (
    <Group gap="xs" mt="xs">
      <Button variant="default" size="xs" onClick={renew} data-testid="renew-certificate">
        {toRenew}
      </Button>
      {GOOD.has(certificate.state) && (
        <Button variant="default" size="xs" onClick={revoke} data-testid="revoke-certificate">
          {t('certificate.revoke')}
        </Button>
      )}
    </Group>
  );
}
