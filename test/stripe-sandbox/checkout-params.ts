import { allowedOf, typesFor } from './amounts.js';
import { ApiError } from './api-error.js';
import type { MethodType } from './objects.js';
import type { Params } from './params.js';
import { newId, type SessionOrder } from './store.js';
import type { World } from './world.js';

/** What the account offers by itself; a debit is offered only when it is asked for by name. */
const BY_ITSELF: readonly MethodType[] = ['card', 'mb_way', 'multibanco'];
const LEAST_OPEN_S = 30 * 60;
const MOST_OPEN_S = 24 * 3600;

const UI_MODES = ['elements', 'embedded_page', 'hosted_page'] as const;

/** Accepted and of no consequence on the sandbox's page. */
const IGNORED = [
  'adaptive_pricing',
  'billing_address_collection',
  'branding_settings',
  'consent_collection',
  'custom_text',
  'customer_update',
  'payment_method_options',
  'phone_number_collection',
  'saved_payment_method_options',
] as const;

export interface SessionFacts {
  readonly mode: 'payment' | 'setup';
  readonly amount: number | null;
  readonly currency: string | null;
  readonly types: readonly MethodType[];
  readonly allowedTypes: readonly string[] | null;
  readonly cancelUrl: string | null;
  readonly clientReferenceId: string | null;
  readonly customer: string | null;
  readonly customerEmail: string | null;
  readonly expiresAt: number;
  readonly locale: string | null;
  readonly metadata: Record<string, string>;
  readonly submitType: string | null;
  readonly successUrl: string;
  readonly order: SessionOrder;
}

function readItem(params: Params): { readonly item: Record<string, unknown>; readonly cents: number } {
  if (params.text('price') !== undefined) {
    throw ApiError.invalid('No such price: the sandbox keeps none, use price_data.', {
      code: 'resource_missing',
      param: 'line_items[price]',
    });
  }
  const price = params.nested('price_data');
  if (price === undefined) throw ApiError.invalid('Missing required param: price_data.', { code: 'parameter_missing' });
  const currency = price.required('currency');
  if (currency !== 'eur') throw ApiError.invalid('The sandbox plays payments in eur.', { param: 'currency' });
  price.required('unit_amount');
  const unitCents = price.integer('unit_amount') ?? 0;
  const product = price.nested('product_data');
  if (product === undefined) throw ApiError.invalid('Missing required param: product_data.', { param: 'product_data' });
  const name = product.required('name');
  const description = product.text('description');
  product.ignore('images', 'metadata', 'tax_code');
  product.refuseUnknown();
  price.ignore('tax_behavior');
  price.refuseUnknown();
  const quantity = params.integer('quantity') ?? 1;
  params.ignore('metadata');
  params.refuseUnknown();
  if (unitCents < 0 || quantity < 1) throw ApiError.invalid('Invalid amount or quantity.', { param: 'line_items' });
  const cents = unitCents * quantity;
  const item = {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: cents,
    amount_tax: 0,
    amount_total: cents,
    currency,
    description: description === undefined ? name : `${name} (${description})`,
    price: null,
    quantity,
  };
  return { item, cents };
}

function readExpiry(world: World, params: Params): number {
  const at = params.integer('expires_at');
  if (at === undefined) return world.now() + MOST_OPEN_S;
  const openS = at - world.now();
  if (openS >= LEAST_OPEN_S - 1 && openS <= MOST_OPEN_S) return at;
  throw ApiError.invalid('The `expires_at` timestamp must be between 30 minutes and 24 hours from Session creation.', {
    param: 'expires_at',
  });
}

function readIntentData(params: Params, mode: 'payment' | 'setup'): SessionOrder['intentData'] {
  const name = mode === 'payment' ? 'payment_intent_data' : 'setup_intent_data';
  const data = params.nested(name);
  const intentData = {
    metadata: data?.texts('metadata') ?? {},
    description: data?.text('description') ?? null,
    setupFutureUsage:
      mode === 'payment' ? (data?.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null) : null,
  };
  if (mode === 'payment') {
    data?.ignore('capture_method', 'receipt_email', 'statement_descriptor', 'statement_descriptor_suffix');
  }
  data?.refuseUnknown();
  return intentData;
}

function readUrls(params: Params) {
  if ((params.oneOf('ui_mode', UI_MODES) ?? 'hosted_page') !== 'hosted_page') {
    throw ApiError.invalid('The sandbox plays the hosted page only.', { param: 'ui_mode' });
  }
  const successUrl = params.required('success_url');
  const cancelUrl = params.text('cancel_url') ?? null;
  for (const url of [successUrl, ...(cancelUrl === null ? [] : [cancelUrl])]) {
    if (!URL.canParse(url) || !/^https?:/.test(url)) {
      throw ApiError.invalid(`Not a valid URL: ${url}`, { code: 'url_invalid', param: 'success_url' });
    }
  }
  return { successUrl, cancelUrl };
}

function readTypes(world: World, params: Params, mode: 'payment' | 'setup', amount: number | null) {
  const allowed = params.allowedTypes();
  const excluded = params.list('excluded_payment_method_types');
  if (mode === 'setup') return { types: allowedOf(['sepa_debit'], allowed, excluded), allowedTypes: allowed ?? null };
  const offered: MethodType[] =
    allowed?.includes('sepa_debit') === true ? [...BY_ITSELF, 'sepa_debit'] : [...BY_ITSELF];
  const types = typesFor(world, amount ?? 0, allowedOf(offered, allowed, excluded));
  return { types, allowedTypes: allowed ?? null };
}

/** Reads `POST /v1/checkout/sessions` as API 2026-10-28.endive takes it. */
export function readSession(world: World, params: Params): SessionFacts {
  params.required('mode');
  const mode = params.oneOf('mode', ['payment', 'setup']) ?? 'payment';
  const items = params.nestedList('line_items').map(readItem);
  if (mode === 'payment' && items.length === 0) {
    throw ApiError.invalid('`line_items` is needed in payment mode.', {
      code: 'parameter_missing',
      param: 'line_items',
    });
  }
  if (mode === 'setup' && items.length > 0) {
    throw ApiError.invalid('`line_items` cannot be given in setup mode.', { param: 'line_items' });
  }
  const amount = mode === 'payment' ? items.reduce((sum, { cents }) => sum + cents, 0) : null;
  const currency = params.text('currency') ?? (mode === 'payment' ? 'eur' : null);
  const types = readTypes(world, params, mode, amount);
  if (mode === 'setup' && types.allowedTypes === null && currency === null) {
    throw ApiError.invalid('`currency` is needed in setup mode without allowed_payment_method_types.', {
      code: 'parameter_missing',
      param: 'currency',
    });
  }
  const customer = params.text('customer') ?? null;
  const customerEmail = params.text('customer_email') ?? null;
  const customerCreation = params.oneOf('customer_creation', ['always', 'if_required']) ?? 'if_required';
  if (customer !== null) world.find('customer', customer);
  if (customer !== null && (customerEmail !== null || customerCreation === 'always')) {
    throw ApiError.invalid('You may only specify one of these parameters: customer, customer_email.', {
      code: 'parameters_exclusive',
      param: 'customer',
    });
  }
  const facts: SessionFacts = {
    mode,
    amount,
    currency,
    ...types,
    ...readUrls(params),
    clientReferenceId: params.text('client_reference_id') ?? null,
    customer,
    customerEmail,
    expiresAt: readExpiry(world, params),
    locale: params.text('locale') ?? null,
    metadata: params.texts('metadata') ?? {},
    submitType: params.oneOf('submit_type', ['auto', 'book', 'donate', 'pay']) ?? null,
    order: {
      intentData: readIntentData(params, mode),
      items: items.map(({ item }) => item),
      customerCreation,
      lastError: null,
    },
  };
  params.ignore(...IGNORED);
  params.refuseUnknown();
  return facts;
}
