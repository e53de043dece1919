import { Card } from '@mantine/core';
import { IconBolt, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import type { Installation } from '#apps/backoffice/api-types.js';

import { installationsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

import classes from './installations.module.css';

/** Every car park one may see, with what happens there now. */
export function Installations() {
  const { t } = useWords();
  const installations = useQuery(installationsQuery);
  return (
    <>
      <PageHeader title={t('installations.title')} lead={t('installations.lead')} />
      {installations.isPending && <RowsLoading rows={3} height={130} />}
      {installations.isError && installations.data === undefined && (
        <ErrorNotice error={installations.error} retry={() => void installations.refetch()} />
      )}
      {installations.data?.length === 0 && (
        <Card>
          <EmptyState icon={IconBolt} title={t('installations.empty')} help={t('installations.empty.help')} />
        </Card>
      )}
      <ul className={classes.list}>
        {installations.data?.map((installation) => (
          <InstallationCard key={installation.id} installation={installation} />
        ))}
      </ul>
    </>
  );
}

function InstallationCard({ installation }: { readonly installation: Installation }) {
  const { t, period } = useWords();
  const { chargers, online, charging, openOddities, latestMonth } = installation;
  return (
    <li className={classes.card} data-testid="installation">
      <div className={classes.head}>
        <div>
          <Link className={classes.link} to={paths.installation(installation.id)}>
            {installation.name}
          </Link>
          <div className={classes.soft}>{installation.condominiumName}</div>
        </div>
        <IconChevronRight size={18} aria-hidden />
      </div>
      <div className={classes.facts}>
        <span data-tone={online === chargers ? 'good' : 'bad'}>{t('installations.online', { online, chargers })}</span>
        <span data-tone={charging > 0 ? 'good' : 'plain'}>{t('installations.charging', { count: charging })}</span>
        <span data-tone={openOddities > 0 ? 'bad' : 'plain'}>
          {t('installations.oddities', { count: openOddities })}
        </span>
      </div>
      {latestMonth !== null && (
        <div className={classes.month}>
          <Link to={paths.month(latestMonth.cycleId)} className={classes.inner}>
            {t('installations.latest', { period: period(latestMonth.period) })}
          </Link>
          <span className={classes.soft}>{nameOf(t, 'step', latestMonth.step)}</span>
        </div>
      )}
    </li>
  );
}
