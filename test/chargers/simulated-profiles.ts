type Payload = Record<string, unknown>;

/** As a charger holds one, from 1.6's words or 2.0.1's. */
interface Profile {
  readonly id: number;
  readonly connectorId: number;
  readonly purpose: string;
  readonly stackLevel: number;
  /** As the charger names it; null: whatever charges. */
  readonly transaction: string | null;
  readonly limitA: number;
}

/** What the hardware gives when nothing limits it. */
const HARDWARE_A = 32;

/**
 * The charging profiles of a simulated charger: taken, replaced and cleared as a real one does. A profile's limit is that
 * of its first period. The profile of a transaction needs the transaction and ends with it.
 */
export class SimulatedProfiles {
  /** Refuses whatever it is sent, as some do. */
  refuses = false;
  readonly #running = new Map<number, string>();
  #profiles: readonly Profile[] = [];

  charges(connectorId: number, transaction: number | string): void {
    this.#running.set(connectorId, String(transaction));
  }

  ends(transaction: number | string): void {
    const ended = String(transaction);
    for (const [connectorId, running] of this.#running) if (running === ended) this.#running.delete(connectorId);
    this.#profiles = this.#profiles.filter((profile) => profile.transaction !== ended);
  }

  /** What a car at the connector may take now, in A on each phase; 0 while none charges. */
  allowedA(connectorId: number): number {
    if (!this.#running.has(connectorId)) return 0;
    const here = this.#profiles.filter((profile) => [0, connectorId].includes(profile.connectorId));
    const highest = (purpose: string): Profile | undefined =>
      here.filter((profile) => profile.purpose === purpose).sort((a, b) => b.stackLevel - a.stackLevel)[0];
    const holds = highest('TxProfile') ?? highest('TxDefaultProfile');
    return Math.min(HARDWARE_A, holds?.limitA ?? HARDWARE_A);
  }

  /** The answer's status. */
  set(payload: Payload): string {
    const profile = profileOf(payload);
    const isOfAnother =
      profile.purpose === 'TxProfile' && this.#running.get(profile.connectorId) !== profile.transaction;
    if (this.refuses || isOfAnother) return 'Rejected';
    this.#profiles = [...this.#profiles.filter((one) => !isReplaced(one, profile)), profile];
    return 'Accepted';
  }

  /** The answer's status: Unknown when nothing was there to clear. */
  clear(payload: Payload): string {
    const criteria = { ...payload, ...(payload['chargingProfileCriteria'] as Payload | undefined) };
    const id = criteria['id'] ?? criteria['chargingProfileId'];
    const wanted = [id, criteria['connectorId'] ?? criteria['evseId'], criteria['chargingProfilePurpose']];
    const isMeant = ({ id: own, connectorId, purpose }: Profile): boolean =>
      [own, connectorId, purpose].every((value, at) => wanted[at] === undefined || wanted[at] === value);
    const left = this.#profiles.filter((profile) => !isMeant(profile));
    const isSome = left.length < this.#profiles.length;
    this.#profiles = left;
    return isSome ? 'Accepted' : 'Unknown';
  }
}

/** The same id, or the same purpose and level at the same connector, cannot be there twice. */
function isReplaced(one: Profile, by: Profile): boolean {
  return (
    one.id === by.id ||
    (one.connectorId === by.connectorId && one.purpose === by.purpose && one.stackLevel === by.stackLevel)
  );
}

function profileOf(payload: Payload): Profile {
  const fields = (payload['csChargingProfiles'] ?? payload['chargingProfile']) as Payload;
  const schedule = [fields['chargingSchedule']].flat()[0] as { chargingSchedulePeriod: readonly { limit: number }[] };
  const transaction = fields['transactionId'];
  return {
    id: Number(fields['chargingProfileId'] ?? fields['id']),
    connectorId: Number(payload['connectorId'] ?? payload['evseId']),
    purpose: String(fields['chargingProfilePurpose']),
    stackLevel: Number(fields['stackLevel']),
    transaction: transaction === undefined ? null : String(transaction),
    limitA: schedule.chargingSchedulePeriod[0]?.limit ?? HARDWARE_A,
  };
}
