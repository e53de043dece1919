import { createHash } from 'node:crypto';

import { textIn, type PageLanguage } from './page-texts.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 30rem; margin: 0 auto; padding: 1rem; }
.sandbox { background: #b45309; color: #fff; padding: .5rem 1rem; border-radius: .5rem; font-weight: 600; }
form, .box { border: 1px solid #8888; border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
h2 { margin: 0 0 .5rem; font-size: 1rem; }
label { display: block; margin-bottom: .75rem; }
input, select, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; border-radius: .4rem; border: 1px solid #8888; }
button { background: #1d4ed8; color: #fff; border: 0; cursor: pointer; margin-top: .5rem; }
.error { border-left: .25rem solid #dc2626; padding-left: .75rem; }
dt { opacity: .8; } dd { margin: 0 0 .5rem; font-variant-numeric: tabular-nums; font-weight: 600; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

export interface Page {
  readonly language: PageLanguage;
  readonly title: string;
  /** HTML */
  readonly body: string;
  /** look again after so many seconds */
  readonly refreshSeconds?: number;
}

/** A whole page without scripts that says on top that it is the sandbox's. */
export function htmlOf({ language, title, body, refreshSeconds }: Page): string {
  const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${refresh}
<title>${escaped(title)} · Sandbox</title><style>${STYLE}</style></head>
<body><p class="sandbox" role="note">${escaped(textIn(language)('sandbox'))}</p>
<main>${body}</main></body>
</html>
`;
}

/** Nothing but our own style, and forms that lead here or to where the session sends its payer. */
export function pageHeaders(origins: readonly string[]): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      `default-src 'none'`,
      `style-src 'sha256-${STYLE_HASH}'`,
      `form-action ${["'self'", ...new Set(origins)].join(' ')}`,
      `base-uri 'none'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
