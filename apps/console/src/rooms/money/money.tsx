import { Tabs } from '@mantine/core';
import { Suspense } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';

import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { MONEY_PAGES } from './pages.js';

import classes from './money.module.css';

/** On a phone the row of tabs is longer than the page: the one one is on is brought into sight. */
const intoSight = (tab: HTMLElement | null): void => tab?.scrollIntoView({ inline: 'center', block: 'nearest' });

/** Where money is: what came, what is owed, what is paid out, the documents and the books. */
export function Money() {
  const { t } = useWords();
  const { user } = useSession();
  const { page: wanted } = useParams();
  const navigate = useNavigate();
  const pages = MONEY_PAGES.filter(({ roles }) => roles.includes(user.role));
  const [first] = pages;
  const shown = pages.find(({ name }) => name === wanted);
  if (shown === undefined) return first === undefined ? null : <Navigate to={paths.moneyPage(first.name)} replace />;
  return (
    <>
      <PageHeader title={t('money.title')} lead={t('money.lead')} />
      <Tabs value={shown.name} onChange={(name) => void navigate(paths.moneyPage(name ?? ''))} keepMounted={false}>
        <Tabs.List mb="lg" aria-label={t('money.title')} className={classes.tabs ?? ''}>
          {pages.map(({ name, icon: Icon }) => (
            <Tabs.Tab
              key={name}
              value={name}
              ref={name === shown.name ? intoSight : null}
              leftSection={<Icon size={17} aria-hidden />}
            >
              {t(`money.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.name} tabIndex={-1}>
          <Suspense fallback={<RowsLoading />}>
            <shown.Page />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
