/** Where each room is. The server answers all of them with the same page. */
export const paths = {
  home: '/',
  months: '/months',
  month: (cycleId: string) => `/months/${encodeURIComponent(cycleId)}`,
  installations: '/installations',
  installation: (id: string) => `/installations/${encodeURIComponent(id)}`,
  installationCards: (id: string) => `/installations/${encodeURIComponent(id)}/cards`,
  chargers: '/chargers',
  charger: (id: string) => `/chargers/${encodeURIComponent(id)}`,
  chargerFrames: (id: string, transactionId: string | null) =>
    `/chargers/${encodeURIComponent(id)}${transactionId === null ? '' : `?transaction=${transactionId}`}#frames`,
  customers: '/customers',
  customer: (id: string) => `/customers/${encodeURIComponent(id)}`,
  customerMonth: (id: string, cycleId: string) =>
    `/customers/${encodeURIComponent(id)}/months/${encodeURIComponent(cycleId)}`,
  customerMoney: (id: string) => `/customers/${encodeURIComponent(id)}/money`,
  myMoney: '/my-money',
  tariffs: '/tariffs',
  tariffsShowing: (show: string) => `/tariffs?show=${encodeURIComponent(show)}`,
  tariff: (installationId: string) => `/tariffs/installations/${encodeURIComponent(installationId)}`,
  importList: (list: string) => `/tariffs/import?list=${encodeURIComponent(list)}`,
  calendar: (id: string) => `/tariffs/calendars/${encodeURIComponent(id)}`,
  money: '/money',
  moneyPage: (page: string) => `/money/${encodeURIComponent(page)}`,
  arrears: '/arrears',
  arrearsCase: (documentId: string) => `/arrears/${encodeURIComponent(documentId)}`,
  mails: '/mails',
} as const;
