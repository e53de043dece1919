import { TestWorkflowEnvironment } from '@temporalio/testing';
// Lets the Temporal SDK download one of its two servers: node sdk-downloader.js <dev-server|time-skipping> <folder>.
// A program of its own, because the SDK's download has no time limit and cannot be cancelled: sdk-download.ts kills it.
import { DefaultLogger, Runtime } from '@temporalio/worker';

const [kind, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', downloadDir } };

Runtime.install({ logger: new DefaultLogger('ERROR') });
const environment =
  kind === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server })
    : await TestWorkflowEnvironment.createLocal({ server });
await environment.teardown();
