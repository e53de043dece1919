import type { Handler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';

import type { Backoffice } from './tokens.js';

const requests = new Histogram({
  name: 'chazemo_http_request_seconds',
  help: 'Time to answer, by method, first parts of the path and status',
  labelNames: ['method', 'area', 'status'] as const,
  buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const livePages = new Gauge({ name: 'chazemo_live_connections', help: 'Open live feeds' });

let isCollecting = false;

/** No ids and no queries in labels: `/api/v1/months`, not one label per month. */
const areaOf = (path: string): string => (path.startsWith('/api/v1/') ? path.split('/', 4).join('/') : 'other');

/** Measures every request. */
export function measureRequests(): Handler {
  if (!isCollecting) collectDefaultMetrics();
  isCollecting = true;
  return (request, response, next) => {
    const stop = requests.startTimer({ method: request.method, area: areaOf(request.path) });
    response.once('finish', () => stop({ status: String(response.statusCode) }));
    next();
  };
}

/** In Prometheus' text format. */
export async function metricsText(backoffice: Backoffice): Promise<string> {
  livePages.set(backoffice.live.size);
  return register.metrics();
}
