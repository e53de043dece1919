/** An element with text or with children; null children are left out. */
export interface XmlElement {
  readonly name: string;
  readonly content: string | readonly (XmlElement | null)[];
  readonly attributes: Readonly<Record<string, string>>;
}

export function xml(
  name: string,
  content: XmlElement['content'],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return { name, content, attributes };
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

/** The document as UTF-8 text, one element a line: the same tree is the same bytes. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`;
}

function lines({ name, content, attributes }: XmlElement, indent: string): string[] {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const open = `${indent}<${name}${said.join('')}`;
  if (typeof content === 'string') return [`${open}>${escaped(content)}</${name}>`];
  const children = content.filter((child) => child !== null).flatMap((child) => lines(child, `${indent}  `));
  return [`${open}>`, ...children, `${indent}</${name}>`];
}
