import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';

import { arrearsWorkflowId, type ArrearsInput } from '#workflows/arrears/messages.js';
import { chargerCommandWorkflowId, chargerConnectedSignal } from '#workflows/charger-command/messages.js';
import {
  chargerProvisioningWorkflowId,
  type ChargerProvisioningInput,
} from '#workflows/charger-provisioning/messages.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';
import { monthWorkflowId, type MonthInput } from '#workflows/installation-month/messages.js';
import { topUpWorkflowId } from '#workflows/prepaid-top-up/messages.js';
import { accountMovedSignal, prepaidWatchWorkflowId } from '#workflows/prepaid-watch/messages.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

/** Starts a month unless it runs or ever ran. @returns its workflow id */
export async function startMonthOnce(client: Client, input: MonthInput): Promise<string> {
  const workflowId = monthWorkflowId(input);
  try {
    await client.workflow.start('installationMonth', {
      workflowId,
      taskQueue: TASK_QUEUE,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    });
  } catch (error) {
    if (!isAlreadyStarted(error)) throw error;
  }
  return workflowId;
}

/** Starts the collection of a document unless it is under way or has ended. */
export async function startCollectionOnce(client: Client, documentId: string): Promise<string> {
  const workflowId = collectionWorkflowId(documentId);
  try {
    await client.workflow.start('collection', {
      workflowId,
      taskQueue: TASK_QUEUE,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ documentId }],
    });
  } catch (error) {
    if (!isAlreadyStarted(error)) throw error;
  }
  return workflowId;
}

/** Starts the chase of a document unless it is under way; a case that was closed is taken up again. */
export function startArrearsOnce(client: Client, input: ArrearsInput): Promise<string> {
  return startUnlessRunning(client, 'arrears', arrearsWorkflowId(input.documentId), input);
}

/** Starts the workflow of a top-up unless it runs; one that ended and left its order open is taken up again. */
export function startTopUpOnce(client: Client, orderId: string): Promise<string> {
  return startUnlessRunning(client, 'prepaidTopUp', topUpWorkflowId(orderId), { orderId });
}

/** Has a prepaid account looked at; one that is being looked at is looked at once more. */
export async function lookAtPrepaidAccount(client: Client, customerId: string): Promise<string> {
  const workflowId = prepaidWatchWorkflowId(customerId);
  await client.workflow.signalWithStart('prepaidWatch', {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [{ customerId }],
    signal: accountMovedSignal,
  });
  return workflowId;
}

/** Carries a command unless that is being done. */
export function startCommandOnce(client: Client, commandId: string): Promise<string> {
  return startUnlessRunning(client, 'chargerCommand', chargerCommandWorkflowId(commandId), { commandId });
}

/** Sets a charger up unless that is being done. */
export function startProvisioningOnce(client: Client, input: ChargerProvisioningInput): Promise<string> {
  return startUnlessRunning(client, 'chargerProvisioning', chargerProvisioningWorkflowId(input.chargerId), input);
}

/** The charger of a command that waits is connected; one that nobody carries any more is carried again. */
export async function tellCommandOfConnection(client: Client, commandId: string): Promise<void> {
  await client.workflow.signalWithStart('chargerCommand', {
    taskQueue: TASK_QUEUE,
    workflowId: chargerCommandWorkflowId(commandId),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [{ commandId }],
    signal: chargerConnectedSignal,
  });
}

/** One that is under way stays; one that has ended is begun again. */
async function startUnlessRunning(client: Client, type: string, workflowId: string, input: object): Promise<string> {
  await client.workflow.start(type, {
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  });
  return workflowId;
}

/** Also as an activity's own client tells it, which passes on the server's status. */
function isAlreadyStarted(error: unknown): boolean {
  if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return code === 6 || (cause !== undefined && isAlreadyStarted(cause)); // gRPC ALREADY_EXISTS
}
