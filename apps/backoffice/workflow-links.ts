import type { TenantScope } from '#libs/identity/permissions.js';

import type { Settings } from './settings.js';

/** A run's page in Temporal's own web UI; null when its address is not configured, and for all but staff. */
export function workflowUrl(settings: Settings, scope: TenantScope, workflowId: string | null): string | null {
  const { uiUrl, namespace } = settings.temporal;
  if (uiUrl === null || workflowId === null || scope.kind !== 'all') return null;
  return `${uiUrl.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
