import { answerIn } from '#libs/ocpp/answers.js';
import type { CentralSystem, ChargerCall } from '#libs/ocpp/central-system.js';
import type { Answer } from '#libs/ocpp/messages.js';
import type { Sql } from '#libs/persistence/database.js';
import { decidedOf, noteFrame } from '#libs/security/enrolment.js';

/** How soon a guest learns what a person has decided. */
const LOOK_MS = 2_000;
/** When it is to say again what it is. */
const AGAIN_S = 60;

/** Keeps chargers waiting that nobody knows yet: what they say is kept, they are told to come again. */
export class GuestDesk {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly central: () => CentralSystem | undefined,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Null: not before it is adopted. */
  async answer(guestId: string, call: ChargerCall): Promise<Answer | null> {
    const now = new Date();
    await noteFrame(this.sql, guestId, call, now);
    const currentTime = now.toISOString();
    const { protocol, action, message } = call;
    if (message.kind === 'boot') {
      const pending = { kind: 'boot', status: 'Pending', currentTime, heartbeatSeconds: AGAIN_S } as const;
      return answerIn(protocol, action, pending);
    }
    return message.kind === 'heartbeat' ? answerIn(protocol, action, { kind: 'heartbeat', currentTime }) : null;
  }

  private async look(): Promise<void> {
    const central = this.central();
    const guests = central?.guestsOpen ?? [];
    if (guests.length === 0) return;
    try {
      const ids = guests.map(({ guestId }) => guestId);
      const decided = new Set(await decidedOf(this.sql, ids));
      for (const { chargerId, guestId } of guests) if (decided.has(guestId)) central?.dismiss(chargerId);
    } catch (error) {
      this.onError(error);
    }
  }
}
