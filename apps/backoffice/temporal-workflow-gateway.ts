import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

import { lookAtPrepaidAccount, startCollectionOnce } from '#temporal/start-workflows.js';
import { arrearsWorkflowId, caseChangedSignal, type ArrearsInput } from '#workflows/arrears/messages.js';
import { collectionWorkflowId, ledgerChangedSignal, paymentChangedSignal } from '#workflows/collection/messages.js';
import { monthWorkflowId, type MonthInput } from '#workflows/installation-month/messages.js';
import { letterWorkflowId, type LetterInput } from '#workflows/letter/messages.js';
import { topUpChangedSignal, topUpWorkflowId } from '#workflows/prepaid-top-up/messages.js';

import { WorkflowsAway, type Command, type UpdateAnswer, type WorkflowGateway } from './workflow-gateway.js';

const TASK_QUEUE = 'chazemo';
/** A person waits for the answer: longer than this and no worker is there. */
const ANSWER_WITHIN_MS = 10_000;
const REACHABLE_WITHIN_MS = 1_000;

const wordsOf = (error: WorkflowUpdateFailedError): string => error.cause?.message ?? error.message;

/** {@link WorkflowGateway} on the Temporal client; connects when first needed and again after a failure. */
export class TemporalWorkflowGateway implements WorkflowGateway {
  readonly #connect: () => Promise<Client>;
  #client: Promise<Client> | undefined;

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect;
  }

  async startMonth(input: MonthInput): Promise<'started' | 'exists'> {
    return this.#withClient(ANSWER_WITHIN_MS, async (client) => {
      try {
        await client.workflow.start('installationMonth', {
          taskQueue: TASK_QUEUE,
          workflowId: monthWorkflowId(input),
          // a cancelled month may run again; one that came to its end finds so in the database and ends at once
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          args: [input],
        });
        return 'started';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'exists';
        throw error;
      }
    });
  }

  async command(command: Command): Promise<UpdateAnswer> {
    const payload = { by: command.by, ...(command.reason === undefined ? {} : { reason: command.reason }) };
    return this.#withClient(ANSWER_WITHIN_MS, async (client): Promise<UpdateAnswer> => {
      try {
        const handle = client.workflow.getHandle(command.workflowId);
        const options = { args: [payload] as [typeof payload], updateId: command.commandId };
        const progress = await handle.executeUpdate<unknown, [typeof payload]>(command.update, options);
        return { kind: 'accepted', progress };
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError) return { kind: 'refused', words: wordsOf(error) };
        if (error instanceof WorkflowNotFoundError) return { kind: 'not-running' };
        throw error;
      }
    });
  }

  async paymentChanged(documentId: string, providerPaymentId: string): Promise<void> {
    const told = await this.#signal(collectionWorkflowId(documentId), paymentChangedSignal.name, [
      { providerPaymentId },
    ]);
    if (!told) await this.#signal(arrearsWorkflowId(documentId), paymentChangedSignal.name, [{ providerPaymentId }]);
  }

  async ledgerChanged(documentId: string): Promise<void> {
    await this.#signal(collectionWorkflowId(documentId), ledgerChangedSignal.name, []);
    await this.#signal(arrearsWorkflowId(documentId), ledgerChangedSignal.name, []);
  }

  async caseChanged(documentId: string): Promise<void> {
    await this.#signal(arrearsWorkflowId(documentId), caseChangedSignal.name, []);
  }

  async startCollection(documentId: string): Promise<void> {
    await this.#withClient(ANSWER_WITHIN_MS, (client) => startCollectionOnce(client, documentId));
  }

  async startArrears(documentId: string, cause: string): Promise<void> {
    const input: ArrearsInput = { documentId, cause };
    await this.#withClient(ANSWER_WITHIN_MS, (client) =>
      client.workflow.start('arrears', {
        taskQueue: TASK_QUEUE,
        workflowId: arrearsWorkflowId(documentId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [input],
      }),
    );
  }

  async topUpChanged({
    orderId,
    customerId,
  }: {
    readonly orderId: string;
    readonly customerId: string;
  }): Promise<void> {
    await this.#signal(topUpWorkflowId(orderId), topUpChangedSignal.name, []);
    await this.prepaidChanged(customerId);
  }

  async prepaidChanged(customerId: string): Promise<void> {
    await this.#withClient(ANSWER_WITHIN_MS, (client) => lookAtPrepaidAccount(client, customerId));
  }

  async sendLetter(mailId: string): Promise<void> {
    await this.#withClient(ANSWER_WITHIN_MS, async (client) => {
      try {
        await client.workflow.start('letter', {
          taskQueue: TASK_QUEUE,
          workflowId: letterWorkflowId(mailId),
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [{ mailId } satisfies LetterInput],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    });
  }

  async isReachable(): Promise<boolean> {
    try {
      await this.#withClient(REACHABLE_WITHIN_MS, (client) => client.workflowService.getSystemInfo({}));
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.connection.close();
  }

  /** True when the workflow was there to be told. */
  async #signal(workflowId: string, signal: string, args: unknown[]): Promise<boolean> {
    return this.#withClient(ANSWER_WITHIN_MS, async (client) => {
      try {
        await client.workflow.getHandle(workflowId).signal(signal, ...args);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    });
  }

  async #withClient<T>(withinMs: number, ask: (client: Client) => Promise<T>): Promise<T> {
    const deadline = Date.now() + withinMs;
    const client = await this.#connected(withinMs);
    try {
      return await client.withDeadline(deadline, () => ask(client));
    } catch (error) {
      if (!isAway(error)) throw error;
      throw WorkflowsAway.because(error);
    }
  }

  /** The one client of this process; an attempt that failed or takes too long is not waited for by the next. */
  async #connected(withinMs: number): Promise<Client> {
    const attempt = (this.#client ??= this.#connect());
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not connected within ${withinMs} ms`)), withinMs);
    });
    try {
      return await Promise.race([attempt, tooLate]);
    } catch (error) {
      if (this.#client === attempt) this.#client = undefined;
      void attempt.then((late) => late.connection.close()).catch(() => undefined);
      throw WorkflowsAway.because(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Connection refused, deadline passed, server shutting down: nobody said no, nobody was there. */
function isAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error)) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause !== undefined && isAway(cause);
}
