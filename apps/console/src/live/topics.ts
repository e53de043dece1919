import type { LiveMessage } from '#apps/backoffice/api-types.js';

export type QueryKeyPrefix = readonly string[];

const TOPICS: ReadonlySet<string> = new Set<LiveMessage['topic']>([
  'month',
  'collection',
  'arrears',
  'oddity',
  'mail',
  'charger',
]);

/** A frame of the live feed, or null for anything else. */
export function parseLiveMessage(frame: unknown): LiveMessage | null {
  if (typeof frame !== 'string') return null;
  try {
    const body: unknown = JSON.parse(frame);
    if (typeof body !== 'object' || body === null || !('topic' in body) || !('id' in body)) return null;
    if (typeof body.topic !== 'string' || !TOPICS.has(body.topic)) return null;
    const installation = 'installation' in body && typeof body.installation === 'string' ? body.installation : null;
    return { topic: body.topic as LiveMessage['topic'], installation, id: String(body.id) };
  } catch {
    return null;
  }
}

/** What is on screen and may have changed. A prefix stands for every query that starts with it. */
export function staleKeys(message: LiveMessage): QueryKeyPrefix[] {
  const ofInstallation = message.installation === null ? [] : [message.installation];
  switch (message.topic) {
    case 'month':
      return [
        ['months'],
        ['month', message.id],
        ['month-invoices', message.id],
        ['month-bill', message.id],
        ['customer'],
        ['customer-month'],
        ['installations'],
      ];
    case 'collection':
    case 'arrears':
      return [
        ['month-invoices'],
        ['month'],
        ['months'],
        ['customers'],
        ['customer'],
        ['customer-month'],
        ['arrears'],
        ['arrears-case', message.id],
        ['customer-money'],
        ['checkout'],
        ['statement'],
        ['prepaid'],
      ];
    case 'oddity':
      return [['oddities', ...ofInstallation], ['installations'], ['installation', ...ofInstallation]];
    case 'charger':
      return [
        ['spots', ...ofInstallation],
        ['circuits', ...ofInstallation],
        ['installations'],
        ['installation', ...ofInstallation],
        ['charger', message.id],
        ['charger-commands', message.id],
      ];
    case 'mail':
      return [['mails']];
    default:
      return never(message.topic);
  }
}

function never(topic: never): QueryKeyPrefix[] {
  throw new Error(`Unknown topic ${String(topic)}`);
}
