import { createHash, randomUUID } from 'node:crypto';

import { recordAudit } from '#libs/identity/audit.js';

import type { Actor } from './actor.js';
import { announce } from './live-announcement.js';
import { Problem } from './problem.js';
import type { Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

/** A person's command to a running workflow. */
export interface PersonsCommand {
  readonly actor: Actor;
  /** `month.approve`, `collection.retry`, … */
  readonly action: string;
  /** What it is about: the audit log keeps it as `month/<cycle>`, `collection/<document>`, … */
  readonly topic: 'month' | 'collection' | 'arrears';
  readonly id: string;
  readonly installationId: string;
  readonly workflowId: string;
  readonly update: string;
  readonly reason: string | undefined;
  /** The request's Idempotency-Key, if it had one. */
  readonly idempotencyKey: string | undefined;
  readonly before: unknown;
}

/** The same key by the same person is the same command to the workflow, however often it is sent. */
function commandIdOf(command: PersonsCommand): string {
  if (command.idempotencyKey === undefined) return randomUUID();
  const identity = [command.actor.label, command.idempotencyKey, command.workflowId, command.update].join('\n');
  return createHash('sha256').update(identity).digest('hex');
}

/**
 * Writes down what is wanted, asks the workflow, writes down what it said. Returns the workflow's progress; throws a
 * 409 problem in the workflow's own words, or 503 when nobody is there to answer.
 */
export async function carryOut(backoffice: Backoffice, command: PersonsCommand): Promise<unknown> {
  const { actor, action, topic, id, installationId, workflowId, update, reason } = command;
  const record = (event: string, after: unknown) =>
    recordAudit(backoffice.sql, {
      actor: actor.label,
      action: event,
      subject: `${topic}/${id}`,
      installationId,
      before: command.before,
      after,
    });
  const { auditId } = await record(`${action}.asked`, { reason: reason ?? null });
  const commandId = commandIdOf(command);
  const answer = await backoffice.workflows
    .command({ workflowId, update, by: actor.label, reason, commandId })
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      const kept = `No answer came from the workflow server or its worker. That it was asked for is kept in the audit log
        (entry ${auditId}); nothing else is known to have changed. Send it again with the same Idempotency-Key: it is
        carried out once.`;
      throw Problem.workflowsAway(kept.replace(/\s+/g, ' '), error);
    });
  switch (answer.kind) {
    case 'accepted':
      await record(`${action}.done`, answer.progress ?? null);
      // A hold may change nothing yet that a trigger would tell of.
      await announce(backoffice.sql, { topic, installation: installationId, id });
      return answer.progress;
    case 'refused':
      await record(`${action}.refused`, { words: answer.words });
      throw Problem.refused(answer.words, 'refused-by-workflow');
    case 'not-running':
      await record(`${action}.refused`, { words: 'not running' });
      throw Problem.refused('Its workflow is not running: it has ended, or has not begun.', 'workflow-not-running');
    default:
      return answer satisfies never;
  }
}
