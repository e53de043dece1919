/** However short policy's interval: no more looks than this, so that a workflow's history stays small. */
const MAX_LOOKS = 500;

export interface LookPlan {
  readonly now: Date;
  /** When the waiting began. */
  readonly since: Date;
  readonly limitAt: Date;
  /** By policy's interval. */
  readonly pollAt: Date;
}

/** When to look again; null when the limit is reached. The last look is at the limit itself. */
export function nextLook({ now, since, limitAt, pollAt }: LookPlan): Date | null {
  if (now.getTime() >= limitAt.getTime()) return null;
  const shortestMs = (limitAt.getTime() - since.getTime()) / MAX_LOOKS;
  const at = Math.max(pollAt.getTime(), now.getTime() + shortestMs);
  return new Date(Math.min(Math.ceil(at), limitAt.getTime()));
}
