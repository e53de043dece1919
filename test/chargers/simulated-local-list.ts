interface Entry {
  readonly status: string;
  readonly group: string | null;
  readonly expiresAt: string | null;
}

/** A charger's own list of cards, as OCPP describes it, of either version. */
export class SimulatedLocalList {
  version = 0;
  readonly #entries = new Map<string, Entry>();

  /** The cards that may charge by it, as they were told, in order. */
  get cards(): string[] {
    return [...this.#entries].flatMap(([tag, { status }]) => (status === 'Accepted' ? [tag] : [])).sort();
  }

  /** A charger that was reset to what it left the factory with. */
  forget(): void {
    this.version = 0;
    this.#entries.clear();
  }

  /** The answer to SendLocalList. */
  update(fields: Readonly<Record<string, unknown>>): string {
    const version = Number(fields['listVersion'] ?? fields['versionNumber']);
    if (fields['updateType'] === 'Differential' && version <= this.version) return 'VersionMismatch';
    if (fields['updateType'] === 'Full') this.#entries.clear();
    for (const entry of (fields['localAuthorizationList'] ?? []) as readonly Record<string, unknown>[])
      this.#put(entry);
    this.version = version;
    return 'Accepted';
  }

  /** What the charger says of a card while it cannot ask; null: it does not know it. */
  judge(idTag: string, at: Date): { readonly status: string; readonly group: string | null } | null {
    const found = [...this.#entries].find(([tag]) => tag.toLowerCase() === idTag.toLowerCase())?.[1];
    if (found === undefined) return null;
    const isOver = found.expiresAt !== null && new Date(found.expiresAt) <= at;
    return { status: isOver ? 'Expired' : found.status, group: found.group };
  }

  #put(entry: Record<string, unknown>): void {
    const tag = String(entry['idTag'] ?? tokenOf(entry['idToken']));
    const info = (entry['idTagInfo'] ?? entry['idTokenInfo']) as Record<string, unknown> | undefined;
    for (const known of this.#entries.keys()) {
      if (known.toLowerCase() === tag.toLowerCase()) this.#entries.delete(known);
    }
    if (info === undefined) return;
    const group = info['parentIdTag'] ?? (info['groupIdToken'] === undefined ? null : tokenOf(info['groupIdToken']));
    const expiresAt = info['expiryDate'] ?? info['cacheExpiryDateTime'] ?? null;
    this.#entries.set(tag, {
      status: String(info['status']),
      group: group as string | null,
      expiresAt: expiresAt as string | null,
    });
  }
}

const tokenOf = (idToken: unknown): string => (idToken as { readonly idToken: string }).idToken;
