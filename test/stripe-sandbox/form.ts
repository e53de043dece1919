/** What a form-encoded body or query decodes to: Stripe nests by brackets, `a[b]=1`, `c[]=x`, `c[0]=x`. */
export type Form = { [name: string]: FormValue };
export type FormValue = string | FormValue[] | Form;

function assign(target: Form, path: readonly string[], value: string): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const existing = target[head];
  const inner: Form = typeof existing === 'object' && !Array.isArray(existing) ? existing : {};
  target[head] = inner;
  const [next, ...after] = rest;
  assign(inner, next === '' ? [String(Object.keys(inner).length), ...after] : rest, value);
}

/** Objects whose keys are 0, 1, 2 ... become lists. */
function listsOf(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) {
    return Object.values(value).map(listsOf);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, listsOf(inner)]));
}

/** Decodes `application/x-www-form-urlencoded` text with bracketed names. */
export function decodeForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split('[').map((part, index) => (index === 0 ? part : part.replace(/\]$/, '')));
    if (path.includes('__proto__')) continue;
    assign(form, path, value);
  }
  const decoded = listsOf(form);
  return typeof decoded === 'string' || Array.isArray(decoded) ? {} : decoded;
}
