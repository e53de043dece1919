import { FORGERIES, forgeWebhook } from './forge-webhook.js';
import type { Order } from './order.js';
import { WEBHOOK_DEEDS, type WebhookFaults } from './webhook-rules.js';
import { RELEASE_ORDERS } from './webhooks.js';

const setFaults: Order = ({ webhooks }, body) => {
  const { faults } = webhooks.rules;
  const names: (keyof WebhookFaults)[] = ['duplicates', 'dropNext', 'delayMs', 'reorderWindow'];
  for (const name of names) faults[name] = body.number(name);
  return faults;
};

const addRule: Order = ({ webhooks }, body) => {
  const rule = {
    deed: body.oneOf('deed', WEBHOOK_DEEDS),
    type: body.text('type') ?? '*',
    times: body.has('times') ? body.number('times') : null,
    copies: body.number('copies', 1),
    delayMs: body.number('delayMs'),
  };
  webhooks.rules.add(rule);
  return rule;
};

const release: Order = ({ webhooks }, body) => {
  webhooks.rules.stopHolding();
  const order = body.oneOf('order', RELEASE_ORDERS, 'as-made');
  return { released: webhooks.release({ type: body.text('type') ?? '*', order, seed: body.number('seed') }) };
};

const chaos: Order = ({ webhooks }, body) => {
  const ordered = {
    seed: body.number('seed'),
    losePercent: body.number('losePercent'),
    duplicatePercent: body.number('duplicatePercent'),
    delayPercent: body.number('delayPercent'),
    mostDelayMs: body.number('mostDelayMs', 500),
  };
  webhooks.rules.setChaos(ordered);
  return ordered;
};

export const WEBHOOK_ORDERS: Readonly<Record<string, Order>> = {
  'POST webhook-faults': setFaults,
  'POST webhook-rules': addRule,
  'POST webhook-release': release,
  'POST webhook-chaos': chaos,
  'POST webhook-clear': ({ webhooks }) => {
    webhooks.rules.clear();
    return { ok: true };
  },
  'POST webhook-forge': ({ world, webhooks }, body) =>
    forgeWebhook(world, webhooks.target, {
      type: body.text('type') ?? '',
      object: body.object('object'),
      forgery: body.oneOf('forgery', FORGERIES, 'wrong-secret'),
    }),
};
