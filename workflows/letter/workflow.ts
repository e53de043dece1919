import { mail } from '../installation-month/activities.js';
import { isRefused } from '../refusal.js';
import type { LetterInput } from './messages.js';

/**
 * Sends a mail that belongs to no month, collection or case, until the other side has taken or refused it. A refusal
 * stands at the mail, where staff see it.
 */
export async function letter({ mailId }: LetterInput): Promise<'sent' | 'refused'> {
  return isRefused(await mail.sendMail(mailId)) ? 'refused' : 'sent';
}
