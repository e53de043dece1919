import { createBrowserRouter, Navigate } from 'react-router';

import { PageLoader } from '../parts/loading.js';
import { Crashed, NotFound } from './lost.js';
import { homePath } from './rooms.js';
import { SignedIn, useSession } from './session.js';
import { Shell } from './shell.js';

function Home() {
  return <Navigate to={homePath(useSession().user)} replace />;
}

export const router = createBrowserRouter([
  {
    path: '/',
    element: (
      <SignedIn>
        <Shell />
      </SignedIn>
    ),
    errorElement: <Crashed />,
    hydrateFallbackElement: <PageLoader />,
    children: [
      {
        errorElement: <Crashed />,
        children: [
          { index: true, element: <Home /> },
          { path: 'months', lazy: async () => ({ Component: (await import('../rooms/months/months.js')).Months }) },
          {
            path: 'months/:cycleId',
            lazy: async () => ({ Component: (await import('../rooms/months/month.js')).MonthRoom }),
          },
          {
            path: 'installations',
            lazy: async () => ({ Component: (await import('../rooms/installations/installations.js')).Installations }),
          },
          {
            path: 'installations/:installationId',
            lazy: async () => ({
              Component: (await import('../rooms/installations/installation.js')).InstallationRoom,
            }),
          },
          {
            path: 'installations/:installationId/cards',
            lazy: async () => ({ Component: (await import('../rooms/cards/cards.js')).CardsRoom }),
          },
          {
            path: 'chargers/:chargerId',
            lazy: async () => ({ Component: (await import('../rooms/chargers/charger.js')).ChargerRoom }),
          },
          {
            path: 'customers',
            lazy: async () => ({ Component: (await import('../rooms/customers/customers.js')).Customers }),
          },
          {
            path: 'customers/:customerId',
            lazy: async () => ({ Component: (await import('../rooms/customers/customer.js')).CustomerRoom }),
          },
          {
            path: 'customers/:customerId/months/:cycleId',
            lazy: async () => ({ Component: (await import('../rooms/customers/customer-month.js')).CustomerMonthRoom }),
          },
          {
            path: 'customers/:customerId/money',
            lazy: async () => ({ Component: (await import('../rooms/customers/money/money.js')).CustomerMoney }),
          },
          {
            path: 'my-money',
            lazy: async () => ({ Component: (await import('../rooms/customers/money/money.js')).MyMoney }),
          },
          { path: 'tariffs', lazy: async () => ({ Component: (await import('../rooms/tariffs/tariffs.js')).Tariffs }) },
          {
            path: 'tariffs/import',
            lazy: async () => ({ Component: (await import('../rooms/tariffs/import.js')).ImportRoom }),
          },
          {
            path: 'tariffs/installations/:installationId',
            lazy: async () => ({ Component: (await import('../rooms/tariffs/tariff.js')).TariffRoom }),
          },
          {
            path: 'tariffs/calendars/:calendarId',
            lazy: async () => ({ Component: (await import('../rooms/tariffs/calendar.js')).CalendarRoom }),
          },
          { path: 'money', lazy: async () => ({ Component: (await import('../rooms/money/money.js')).Money }) },
          { path: 'money/:page', lazy: async () => ({ Component: (await import('../rooms/money/money.js')).Money }) },
          {
            path: 'arrears/:documentId',
            lazy: async () => ({ Component: (await import('../rooms/arrears/case.js')).ArrearsCaseRoom }),
          },
          { path: 'mails', lazy: async () => ({ Component: (await import('../rooms/mails/mails.js')).Mails }) },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);
