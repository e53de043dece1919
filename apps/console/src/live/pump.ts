/**
 * Refreshes without drowning: messages may come hundreds a second, but each key is read again at most once at a time
 * and at most once per gap. A message that comes while its key is being read makes it be read once more afterwards, so
 * what is on screen is never older than the last message.
 */
export interface Pump<Key> {
  mark(key: Key): void;
}

export function createPump<Key>(
  refresh: (key: Key) => Promise<void>,
  wait: () => Promise<void>,
  name: (key: Key) => string,
): Pump<Key> {
  const dirty = new Map<string, boolean>();

  async function run(key: Key, id: string): Promise<void> {
    while (dirty.get(id) === true) {
      dirty.set(id, false);
      await refresh(key).catch(() => undefined);
      await wait();
    }
    dirty.delete(id);
  }

  return {
    mark(key) {
      const id = name(key);
      const running = dirty.has(id);
      dirty.set(id, true);
      if (!running) void run(key, id);
    },
  };
}
