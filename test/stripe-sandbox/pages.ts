import type { Answer } from './answer.js';
import { ApiError } from './api-error.js';
import { eurosIn, sessionBody, waitsForPhone } from './checkout-page.js';
import { payOnPage, type PayerPlace } from './checkout-payment.js';
import { decodeForm, type Form } from './form.js';
import { escaped, htmlOf, pageHeaders, type Page } from './html-page.js';
import { METHOD_TYPES, type SessionObject } from './objects.js';
import { languageOf, textIn, type PageLanguage } from './page-texts.js';
import { authenticate } from './pay-by-card.js';
import { answerPhone } from './pay-by-phone.js';
import { payVoucher } from './pay-by-voucher.js';
import type { World } from './world.js';

const REFRESH_SECONDS = 2;

export interface PageRequest extends PayerPlace {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly acceptLanguage: string | undefined;
}

function field(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function show(status: number, page: Page, origins: readonly string[] = []): Answer {
  return { status, body: htmlOf(page), headers: pageHeaders(origins) };
}

function redirect(location: string): Answer {
  return { status: 303, body: '', headers: { location } };
}

function successUrl(session: SessionObject): string {
  return session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function originsOf({ success_url, cancel_url }: SessionObject): string[] {
  return [success_url, cancel_url].flatMap((url) => (url === null ? [] : [new URL(url.replace(/[{}]/g, '')).origin]));
}

function sessionPage(world: World, session: SessionObject, request: PageRequest, error?: string): Answer {
  const language = languageOf(session.locale, request.acceptLanguage);
  const text = textIn(language);
  const title = text(session.mode === 'setup' ? 'setup' : 'pay');
  if (session.status === 'complete') return redirect(successUrl(session));
  if (session.status === 'expired') {
    const back =
      session.cancel_url === null
        ? ''
        : `<p><a href="${escaped(session.cancel_url)}">${escaped(text('cancel'))}</a></p>`;
    return show(410, { language, title, body: `<p>${escaped(text('over'))}</p>${back}` });
  }
  const alert = error === undefined ? '' : `<p class="error" role="alert">${escaped(error)}</p>`;
  const page: Page = { language, title, body: `${alert}${sessionBody(world, session, language)}` };
  const waiting = waitsForPhone(world, session) ? { ...page, refreshSeconds: REFRESH_SECONDS } : page;
  return show(error === undefined ? 200 : 400, waiting, originsOf(session));
}

function payPage(world: World, id: string, request: PageRequest): Answer {
  const session = world.find('checkout_session', id);
  if (request.method !== 'POST' || session.status !== 'open') return sessionPage(world, session, request);
  const form = decodeForm(request.body);
  try {
    const answer = field(form, 'answer');
    const intentId = session.payment_intent;
    if (answer !== undefined && intentId !== null) {
      answerPhone(world, intentId, answer === 'confirm' ? 'confirm' : 'refuse');
    } else {
      const method = METHOD_TYPES.find((type) => type === field(form, 'method'));
      if (method === undefined) throw ApiError.invalid('Choose how to pay.');
      const [card, phone, email] = [field(form, 'card'), field(form, 'phone'), field(form, 'email')];
      const choice = { method, card, phone, email, name: field(form, 'name'), iban: field(form, 'iban') };
      payOnPage(world, id, choice, request);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return sessionPage(world, world.find('checkout_session', id), request, error.body.message);
  }
  return afterPaying(world, world.find('checkout_session', id));
}

function afterPaying(world: World, session: SessionObject): Answer {
  if (session.status === 'complete') return redirect(successUrl(session));
  const intent = session.payment_intent === null ? null : world.find('payment_intent', session.payment_intent);
  const step = intent?.next_action?.['redirect_to_url'] as { readonly url: string } | undefined;
  return redirect(step?.url ?? `/c/pay/${session.id}`);
}

function authenticationPage(world: World, id: string, request: PageRequest): Answer {
  const intent = world.find('payment_intent', id);
  const step = intent.next_action?.['redirect_to_url'] as { readonly return_url: string | null } | undefined;
  const session = world.store.get('session_of', id)?.session;
  const back = session === undefined ? (step?.return_url ?? null) : `${world.baseUrl}/c/pay/${session}`;
  const language = languageOf(null, request.acceptLanguage);
  const text = textIn(language);
  if (step !== undefined && request.method === 'POST') {
    authenticate(world, id, field(decodeForm(request.body), 'answer') === 'confirm');
    return session === undefined
      ? redirect(back ?? '/c/done')
      : sessionPage(world, world.find('checkout_session', session), request);
  }
  const title = text('authenticate');
  if (step === undefined) return show(410, { language, title, body: `<p>${escaped(text('over'))}</p>` });
  const body = `<h1>${escaped(title)}</h1><p>${escaped(eurosIn(language, intent.amount))}</p><form method="post">
<button name="answer" value="confirm">${escaped(text('agree'))}</button>
<button name="answer" value="refuse">${escaped(text('disagree'))}</button></form>`;
  const to = session === undefined ? [] : originsOf(world.find('checkout_session', session));
  const own = back === null || session !== undefined ? [] : [new URL(back).origin];
  return show(200, { language, title, body }, [...to, ...own]);
}

function voucherPage(world: World, id: string, request: PageRequest): Answer {
  const language: PageLanguage = languageOf(null, request.acceptLanguage ?? 'pt');
  const text = textIn(language);
  const details = () =>
    world.find('payment_intent', id).next_action?.['multibanco_display_details'] as
      | { readonly entity: string; readonly reference: string }
      | undefined;
  if (request.method === 'POST' && details() !== undefined && !world.schedule.has('confirm-voucher', id)) {
    payVoucher(world, id, world.processingMs);
    return redirect(`/c/voucher/${id}`);
  }
  const title = text('multibanco');
  const voucher = details();
  if (voucher === undefined || world.schedule.has('confirm-voucher', id)) {
    return show(200, { language, title, body: `<p>${escaped(text('voucherOver'))}</p>` });
  }
  const rows = [
    ['entity', voucher.entity],
    ['reference', voucher.reference.replace(/(\d{3})(?=\d)/g, '$1 ')],
    ['amount', eurosIn(language, world.find('payment_intent', id).amount)],
  ] as const;
  const list = rows.map(([name, value]) => `<dt>${escaped(text(name))}</dt><dd>${escaped(value)}</dd>`).join('');
  const body = `<h1>${escaped(title)}</h1><dl class="box">${list}</dl><form method="post"><button>${escaped(text('payVoucher'))}</button></form>`;
  return show(200, { language, title, body });
}

const PAGES: Readonly<Record<string, (world: World, id: string, request: PageRequest) => Answer>> = {
  authenticate: authenticationPage,
  pay: payPage,
  voucher: voucherPage,
};

/** The pages that stand for Stripe's own: `/c/pay/…`, `/c/authenticate/…`, `/c/voucher/…`. */
export function answerPage(world: World, request: PageRequest): Answer {
  const [, , name = '', id = ''] = request.path.split('/');
  const page = PAGES[name];
  if (page === undefined) throw new ApiError(404, { type: 'invalid_request_error', message: 'There is no such page.' });
  return page(world, id, request);
}
