import { chargerCommandWorkflowId } from '#workflows/charger-command/messages.js';

import { startCommandOnce, startProvisioningOnce, tellCommandOfConnection } from '../start-workflows.js';
import { BUSY_GATEWAY, STORY_GATEWAY } from './fake-commands.js';
import type { Scene } from './story-server.js';

type Shapes = Readonly<Record<string, string>>;

const HOUR_MS = 3_600_000;

/** The charger is there and answers; the same command asked again is carried once. */
export async function commandAnswered(scene: Scene): Promise<Shapes> {
  scene.world.commands.gateway = STORY_GATEWAY;
  await ask(scene, 'a', { isRepeatable: false });
  await startCommandOnce(scene.client, 'a');
  await scene.end(handle(scene, 'a'));
  return { 'command-answered': chargerCommandWorkflowId('a') };
}

/** Away for hours; back, the socket drops before the answer, and what does no harm is sent again. */
export async function commandWaits(scene: Scene): Promise<Shapes> {
  const { commands } = scene.world;
  await ask(scene, 'b', { isRepeatable: true });
  await scene.sleep(3);
  commands.gateway = STORY_GATEWAY;
  commands.plan.push('absent', 'lost');
  await tellCommandOfConnection(scene.client, 'b');
  await scene.until(() => commands.forgotten === 1, 'the gateway to say that the charger is not there');
  commands.gateway = STORY_GATEWAY;
  await tellCommandOfConnection(scene.client, 'b');
  await scene.end(handle(scene, 'b'));
  return { 'command-waited': chargerCommandWorkflowId('b') };
}

/** A charger that never comes back. */
export async function commandExpires(scene: Scene): Promise<Shapes> {
  await ask(scene, 'c', { isRepeatable: false });
  await scene.end(handle(scene, 'c'));
  return { 'command-expired': chargerCommandWorkflowId('c') };
}

/** The gateway died: nobody takes the command from its queue, its socket is forgotten, the charger comes elsewhere. */
export async function commandGatewayGone(scene: Scene): Promise<Shapes> {
  const { commands } = scene.world;
  commands.gateway = 'dead';
  await ask(scene, 'd', { isRepeatable: false });
  await scene.until(() => commands.forgotten === 1, 'the dead gateway to be noticed');
  commands.gateway = STORY_GATEWAY;
  commands.plan.push('lost');
  await tellCommandOfConnection(scene.client, 'd');
  await scene.end(handle(scene, 'd'));
  return { 'command-gateway-gone': chargerCommandWorkflowId('d') };
}

/** The gateway has its hands full with silent chargers: it is asked again until it takes the command, and keeps its socket. */
export async function commandGatewayBusy(scene: Scene): Promise<Shapes> {
  const { commands } = scene.world;
  commands.gateway = BUSY_GATEWAY;
  await ask(scene, 'e', { isRepeatable: false });
  await scene.end(handle(scene, 'e'));
  if (commands.forgotten > 0) throw new Error('the socket at a busy gateway was forgotten');
  return { 'command-gateway-busy': chargerCommandWorkflowId('e') };
}

/** A charger boots for the first time: it is set up, one setting after another. */
export async function chargerProvisioned(scene: Scene): Promise<Shapes> {
  const { commands } = scene.world;
  commands.gateway = STORY_GATEWAY;
  commands.settings.push('interval', 'measurands', 'read');
  const workflowId = await startProvisioningOnce(scene.client, { chargerId: 'c1', run: '2026-06-01T10:00:00.000Z' });
  await scene.end(scene.client.workflow.getHandle(workflowId));
  return { 'charger-provisioned': workflowId };
}

const handle = (scene: Scene, id: string) => scene.client.workflow.getHandle(chargerCommandWorkflowId(id));

async function ask(scene: Scene, id: string, { isRepeatable }: { readonly isRepeatable: boolean }): Promise<void> {
  const expiresAt = (await scene.now()).getTime() + 24 * HOUR_MS;
  scene.world.commands.commands.set(id, { state: 'waiting', expiresAt, isRepeatable, sends: 0 });
  await startCommandOnce(scene.client, id);
}
