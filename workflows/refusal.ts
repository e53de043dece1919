import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/** An expected refusal: a value, never an exception. `code` is for machines, `detail` tells a person what to mend. */
export interface Refused {
  readonly refused: { readonly code: string; readonly detail?: string };
}

export function isRefused(result: unknown): result is Refused {
  return typeof result === 'object' && result !== null && 'refused' in result;
}

/** The failure type the worker gives to an activity that failed again and again for no outside reason. */
export const BROKEN_ACTIVITY = 'ACTIVITY.FAILED';

/**
 * Runs an activity; one that the worker gave up on becomes a refusal, so that the workflow parks and a person decides.
 * Cancellation and anything that is not an activity's failure is thrown on.
 */
export async function orRefused<T>(run: () => Promise<T>): Promise<T | Refused> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    return { refused: { code: error.cause.type ?? BROKEN_ACTIVITY, detail: error.activityType } };
  }
}

/**
 * The validator of an update: `refusal` says why the command makes no sense now (its caller is told so and nothing
 * happens), or null when it does.
 */
export function unless(refusal: () => string | null): { validator: (command: unknown) => void } {
  return {
    validator: () => {
      const why = refusal();
      if (why !== null) throw ApplicationFailure.nonRetryable(why, 'COMMAND.REFUSED');
    },
  };
}

/** How a person's `cancel` leaves the sentence of a workflow at the next step boundary. */
export class CancelledByPerson extends Error {
  override readonly name = 'CancelledByPerson';
}
