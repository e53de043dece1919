import type { ChargerCall } from '#libs/ocpp/central-system.js';
import { judgeRequest } from '#libs/security/ca/sign-requests.js';

/** A certificate request is looked at before it is recorded with its answer; what is issued by it follows later, in the worker. */
export async function withVerdict(call: ChargerCall): Promise<ChargerCall> {
  const { message, action, payload, chargerId } = call;
  if (message.kind !== 'notice' || action !== 'SignCertificate') return call;
  const { refused } = await judgeRequest(payload, chargerId);
  return { ...call, message: { ...message, verdict: refused === null ? 'Accepted' : 'Rejected' } };
}
