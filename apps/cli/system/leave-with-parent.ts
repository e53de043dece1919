/**
 * Loaded before each app of the system (`node --import`): when the supervisor is gone (a kill -9 too), the channel to
 * it closes, and the app ends as if it had been asked to; when it does not, it is killed.
 */
const LAST_MS = 8_000;

process.once('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The listener alone must not keep an app alive that has nothing left to do.
process.channel?.unref();
