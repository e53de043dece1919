/** What whoever called can mend: told on standard error, exit status 2, nothing on standard output. */
class Refused extends Error {}

export function refuse(message: string): never {
  throw new Refused(message);
}

/** A command's action, which tells what it refuses. */
export function refusing<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await act(...args);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 2;
    }
  };
}
