import { SaxesParser, type SaxesTagNS } from 'saxes';

/** An element of a file that was read: local names, no namespaces; where it begins, for whoever must mend it. */
export interface ReadElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly ReadElement[];
  /** Its own text, trimmed. */
  readonly text: string;
  readonly line: number;
}

export type ReadXml =
  | { readonly root: ReadElement; readonly namespace: string }
  | { readonly refused: { readonly code: XmlRefusal; readonly line: number; readonly detail: string } };
export type XmlRefusal = 'XML_TOO_LARGE' | 'XML_TOO_DEEP' | 'XML_DOCTYPE' | 'XML_MALFORMED' | 'XML_ENCODING';

/** A month's statement of 100 000 lines has some 100 MB as XML; nobody uploads one by hand. */
export const MOST_XML_BYTES = 32 * 1024 * 1024;
const DEEPEST = 40;

interface Building {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: ReadElement[];
  text: string;
  readonly line: number;
}

class Refused extends Error {
  constructor(
    readonly code: XmlRefusal,
    readonly line: number,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * Reads a bank's XML into a tree. Nothing that an attacker could use is done: a document type is refused (so there are
 * no entities to expand and nothing is fetched), size and depth are bounded, a fault of form is a refusal with its line.
 */
export function readXml(bytes: Uint8Array): ReadXml {
  try {
    if (bytes.byteLength > MOST_XML_BYTES) throw new Refused('XML_TOO_LARGE', 0, `${bytes.byteLength} bytes`);
    return parse(textOf(bytes));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refused: { code: error.code, line: error.line, detail: error.message } };
  }
}

/** Banks write UTF-8, and some still ISO 8859-1: the declaration says which. */
function textOf(bytes: Uint8Array): string {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const label = /^\s*(?:ï»¿)?<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(start)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    throw new Refused('XML_ENCODING', 1, label.slice(0, 40));
  }
}

function parse(text: string): ReadXml {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const stack: Building[] = [];
  let root: ReadElement | undefined;
  let namespace = '';
  parser.on('error', (error) => {
    throw new Refused('XML_MALFORMED', parser.line, error.message.slice(0, 200));
  });
  parser.on('doctype', () => {
    throw new Refused('XML_DOCTYPE', parser.line, 'a document type');
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (stack.length >= DEEPEST) throw new Refused('XML_TOO_DEEP', parser.line, `${DEEPEST} levels`);
    if (stack.length === 0) namespace = tag.uri;
    const attributes = Object.fromEntries(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
    stack.push({ name: tag.local, attributes, children: [], text: '', line: parser.line });
  });
  const addText = (more: string): void => {
    const open = stack.at(-1);
    if (open !== undefined) open.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = stack.pop();
    if (closed === undefined) return;
    const element = { ...closed, text: closed.text.trim() };
    const parent = stack.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(text).close();
  if (root === undefined) throw new Refused('XML_MALFORMED', 1, 'no element');
  return { root, namespace };
}

/** The children of that name. */
export function childrenOf(element: ReadElement | null, name: string): readonly ReadElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first element along a path such as `Acct/Id/IBAN`; null where there is none. */
export function elementAt(element: ReadElement | null, path: string): ReadElement | null {
  let at = element;
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name) ?? null;
  return at;
}

/** The text at the first of the paths that has one; null where none has. */
export function textAt(element: ReadElement | null, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = elementAt(element, path)?.text ?? '';
    if (text !== '') return text;
  }
  return null;
}
