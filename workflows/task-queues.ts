/** Where workflows run, and every activity that is not Stripe's. */
export const TASK_QUEUE = 'chazemo';
/** Activities that call Stripe: one queue, limited as a whole to less than Stripe's 25 requests a second. */
export const STRIPE_TASK_QUEUE = 'chazemo-stripe';
/** Activities of one gateway process: it holds the sockets they need. */
export const gatewayTaskQueue = (gateway: string): string => `gateway-${gateway}`;
