import { escaped } from './html-page.js';
import type { MethodType, SessionObject } from './objects.js';
import { textIn, type PageLanguage, type PageText } from './page-texts.js';
import { TEST_CARDS, type CardBehaviour } from './test-cards.js';
import { TEST_IBANS } from './test-ibans.js';
import { TEST_PHONES } from './test-phones.js';
import type { World } from './world.js';

export function eurosIn(language: PageLanguage, cents: number): string {
  const locale = language === 'pt' ? 'pt-PT' : 'en-IE';
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100);
}

function cardWord({ declineCode, authenticates, disputeReason, refund }: CardBehaviour): PageText {
  if (declineCode !== undefined) return 'declined';
  if (authenticates === true) return 'asksFirst';
  if (disputeReason !== undefined) return 'disputed';
  if (refund !== undefined) return refund === 'later' ? 'lateRefund' : 'failedRefund';
  return 'works';
}

type Text = (name: PageText) => string;

function cardFields(text: Text): string {
  const options = Object.entries(TEST_CARDS).map(([token, card]) => {
    const code = card.declineCode === undefined ? '' : ` (${card.declineCode})`;
    return `<option value="${token}">•••• ${card.last4}: ${escaped(text(cardWord(card)))}${code}</option>`;
  });
  return `<label>${escaped(text('testCard'))}<select name="card">${options.join('')}</select></label>`;
}

function accountFields(text: Text): string {
  const options = Object.entries(TEST_IBANS).map(
    ([name, iban]) => `<option value="${iban}">${iban}: ${escaped(name)}</option>`,
  );
  return `<label>${escaped(text('iban'))}<select name="iban">${options.join('')}</select></label>
<label>${escaped(text('name'))}<input name="name" autocomplete="name" required></label>
<p>${escaped(text('mandate'))}</p>`;
}

const phoneFields = (text: Text): string =>
  `<label>${escaped(text('phone'))}<input name="phone" type="tel" autocomplete="tel" required pattern="\\+[0-9]{9,15}" value="${TEST_PHONES.confirms}"></label>`;

function methodForm(method: MethodType, session: SessionObject, text: Text): string {
  const fields = { card: cardFields, mb_way: phoneFields, multibanco: () => '', sepa_debit: accountFields }[method](
    text,
  );
  const mail = escaped(session.customer_email ?? 'ana@example.com');
  const needsMail = method === 'multibanco' || method === 'sepa_debit';
  const email = needsMail
    ? `<label>${escaped(text('email'))}<input name="email" type="email" autocomplete="email" required value="${mail}"></label>`
    : '';
  const verbs = { card: 'pay', mb_way: 'push', multibanco: 'voucher', sepa_debit: 'setup' } as const;
  return `<form method="post"><h2>${escaped(text(method))}</h2><input type="hidden" name="method" value="${method}">
${fields}${email}<button>${escaped(text(verbs[method]))}</button></form>`;
}

function pushForm(text: Text): string {
  return `<div class="box"><p>${escaped(text('waiting'))}</p></div><form method="post">
<button name="answer" value="confirm">${escaped(text('confirmPush'))}</button>
<button name="answer" value="refuse">${escaped(text('refusePush'))}</button></form>`;
}

/** Whether the session waits for a phone. */
export function waitsForPhone(world: World, session: SessionObject): boolean {
  if (session.payment_intent === null) return false;
  return world.schedule.has('answer-phone', session.payment_intent);
}

/** The body of the page on which a session is paid, or a mandate given. */
export function sessionBody(world: World, session: SessionObject, language: PageLanguage): string {
  const text = textIn(language);
  const { items, lastError } = world.find('session_order', session.id);
  const heading = session.mode === 'setup' ? text('setup') : text('pay');
  const amount = session.amount_total === null ? '' : ` ${eurosIn(language, session.amount_total)}`;
  const lines = items.map((item) => `<li>${escaped(String(item['description']))}</li>`).join('');
  const error = lastError === null ? '' : `<p class="error" role="alert">${escaped(lastError)}</p>`;
  const forms = waitsForPhone(world, session)
    ? pushForm(text)
    : session.payment_method_types.map((method) => methodForm(method, session, text)).join('');
  const back =
    session.cancel_url === null ? '' : `<p><a href="${escaped(session.cancel_url)}">${escaped(text('cancel'))}</a></p>`;
  return `<h1>${escaped(heading)}${escaped(amount)}</h1><ul>${lines}</ul>${error}${forms}${back}`;
}
