import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads at /metrics. */
export class GatewayMetrics {
  readonly registry = new Registry();

  readonly messages = new Counter({
    name: 'chazemo_gateway_messages_total',
    help: 'Calls of chargers by action and outcome: recorded, repeated, failed, malformed',
    labelNames: ['action', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly flags = new Counter({
    name: 'chazemo_gateway_flags_total',
    help: 'Oddities found while recording, by code',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });

  readonly slowed = new Counter({
    name: 'chazemo_gateway_slowed_total',
    help: 'Times that a charger sent faster than it is read and had to wait',
    registers: [this.registry],
  });

  readonly refusals = new Counter({
    name: 'chazemo_gateway_refusals_total',
    help: 'Connections turned away, by reason',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly answerSeconds = new Histogram({
    name: 'chazemo_gateway_answer_seconds',
    help: 'From taking a call to its commit',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  readonly batchSize = new Histogram({
    name: 'chazemo_gateway_commit_messages',
    help: 'Messages per database transaction',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers: [this.registry],
  });

  readonly connected = new Gauge({
    name: 'chazemo_gateway_connected_chargers',
    help: 'Chargers with an open socket',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
