interface Hanging {
  readonly id: string;
  readonly parentId: string | null;
}

/**
 * The way up from each circuit: itself first, its root last.
 *
 * @throws where one hangs under itself, or under one that there is not
 */
export function pathsOf(circuits: readonly Hanging[]): ReadonlyMap<string, readonly string[]> {
  const parents = new Map(circuits.map(({ id, parentId }) => [id, parentId]));
  return new Map(circuits.map(({ id }) => [id, pathOf(id, parents)]));
}

function pathOf(id: string, parents: ReadonlyMap<string, string | null>): string[] {
  const path: string[] = [];
  for (let at: string | null = id; at !== null; at = parents.get(at) ?? null) {
    if (path.includes(at)) throw new Error(`circuit ${at} hangs under itself`);
    if (!parents.has(at)) throw new Error(`circuit ${id} hangs under ${at}, which does not exist`);
    path.push(at);
  }
  return path;
}
