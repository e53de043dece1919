const LOOK_MS = 25;

/** Looks again and again until what is read holds; that it is true, when not said otherwise. The test's own limit ends it. */
export async function until<T>(read: () => T | Promise<T>, holds: (value: T) => boolean = Boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
