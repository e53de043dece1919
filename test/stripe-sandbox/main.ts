import { startSandbox } from './server.js';

function wholeNumber(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not ${text}`);
  return value;
}

const url = process.env['STRIPE_WEBHOOK_URL'];
const secret = process.env['STRIPE_WEBHOOK_SECRET'];
const dataFile = process.env['STRIPE_SANDBOX_DATA'];

const sandbox = await startSandbox({
  port: wholeNumber('STRIPE_SANDBOX_PORT', 0),
  host: process.env['STRIPE_SANDBOX_HOST'] ?? '127.0.0.1',
  processingMs: wholeNumber('STRIPE_SANDBOX_PROCESSING_MS', 400),
  rateLimitPerSecond: wholeNumber('STRIPE_SANDBOX_RATE_LIMIT', 0),
  weeklyLimitCents: wholeNumber('STRIPE_SANDBOX_WEEKLY_LIMIT_CENTS', 0),
  ...(dataFile === undefined || dataFile === '' ? {} : { dataFile }),
  ...(url === undefined || url === '' || secret === undefined ? {} : { webhook: { url, secret } }),
});

console.log(JSON.stringify({ msg: 'the Stripe sandbox listens', url: sandbox.url }));
process.send?.({ ready: true, url: sandbox.url });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.close();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
// Whoever started us is gone: nobody else will stop us.
process.on('disconnect', () => void stop());
