import type { CaseLook as BookedLook } from '#libs/arrears/look.js';
import type { StagePlan as BookedPlan } from '#libs/arrears/stages.js';
import type { CaseLook, StagePlan } from '#workflows/arrears/activities.js';

/** A complaint is looked at once a day, should the signal that it was closed be lost. */
const LOOK_EVERY_MS = 86_400_000;

/** What follows in a case, as its workflow keeps it: instants as text. */
export function told({ next, standstill, warnAt, needs, ending }: BookedLook, now: Date): CaseLook {
  const end = ending === 'written-off' || ending === 'handed-over' ? ending : null;
  return {
    next: planned(next),
    standstill:
      standstill === null
        ? null
        : {
            because: standstill.because,
            until: (standstill.lookAgainAt ?? new Date(now.getTime() + LOOK_EVERY_MS)).toISOString(),
          },
    warnAt: warnAt?.toISOString() ?? null,
    needs: needs[0] ?? null,
    ending: end,
  };
}

function planned(plan: BookedPlan | null): StagePlan | null {
  return plan === null ? null : { stage: plan.stage, at: plan.at.toISOString() };
}
