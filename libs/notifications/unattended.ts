import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/**
 * Keys of mails behind which no workflow need stand: the copies people ask for, the letter on a debt that was handed
 * over, whose case may have ended long before, and what becomes of a running session.
 */
const UNATTENDED = ['again/%', 'arrears/%/handed-over/%', 'session/%'];
/** Such a mail is tried so often, within a day: the n-th time 15 s · (2ⁿ − 1) after it was asked for. */
const ATTEMPTS = 13;
const FIRST_WAIT_S = 15;
const AT_ONCE = 20;

/** Mails that no workflow sends and whose turn has come, the oldest first: whoever asks sends them. */
export async function unattendedMails(sql: Sql, now: Date): Promise<string[]> {
  const { rows } = await raw<{ id: string }>`
    select id from mail
    where sent_at is null and key like any(${UNATTENDED}) and attempts < ${ATTEMPTS}
      and created_at + make_interval(secs => ${FIRST_WAIT_S} * (power(2, attempts) - 1)) <= ${now}
    order by created_at, id limit ${AT_ONCE}`.execute(sql);
  return rows.map(({ id }) => id);
}

/** The server will not take the mail later either: it is not tried again, and its error stays to be read. */
export async function giveUpMail(sql: Sql, mailId: string): Promise<void> {
  await sql
    .updateTable('mail')
    .set({ attempts: ATTEMPTS })
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .execute();
}
