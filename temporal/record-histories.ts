import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

import { STORIES } from './stories/stories.js';
import { tell } from './stories/story-server.js';

/**
 * `node dist/temporal/record-histories.js [folder] [story…]` plays the named stories, or every one, and writes the histories of the workflows it
 * closed, one JSON each. Run it when a shape is new; the old files stay: they are what runs in production.
 */
async function recordHistories(folder: string, names: readonly string[]): Promise<string[]> {
  const written: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const [name, story] of Object.entries(STORIES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    await tell(async (scene) => {
      for (const [shape, workflowId] of Object.entries(await story(scene))) {
        const history = await scene.client.workflow.getHandle(workflowId).fetchHistory();
        const file = join(folder, `${shape}.json`);
        await writeFile(file, `${withoutMachine(historyToJSON(history))}\n`);
        written.push(file);
      }
    });
  }
  return written;
}

/** Who recorded it on which machine is nobody's business; one event a line keeps the file readable and small. */
function withoutMachine(historyJson: string): string {
  const { events } = JSON.parse(historyJson, (key, value: unknown) => (key === 'identity' ? 'story' : value)) as {
    events: unknown[];
  };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}`;
}

const files = await recordHistories(resolve(process.argv[2] ?? 'temporal/histories'), process.argv.slice(3));
process.stdout.write(`${files.length} histories written\n`);
