import { SaxesParser } from 'saxes';

/** An element of the file with what is in it. */
export interface ReadElement {
  readonly name: string;
  /** Line of the file in which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  readonly children: readonly ReadElement[];
}

export type SaftPart =
  | { readonly kind: 'header'; readonly element: ReadElement }
  /** NumberOfEntries, TotalDebit or TotalCredit */
  | { readonly kind: 'total'; readonly section: SaftSection; readonly element: ReadElement }
  | { readonly kind: 'document'; readonly section: SaftSection; readonly element: ReadElement };

export type SaftSection = 'SalesInvoices' | 'Payments';

/** The file is no XML, or no SAF-T: nothing more can be said of it. */
export class UnreadableSaft extends Error {}

interface Open {
  readonly name: string;
  readonly line: number;
  text: string;
  readonly children: ReadElement[];
}

const TOTALS: ReadonlySet<string> = new Set(['NumberOfEntries', 'TotalDebit', 'TotalCredit']);
const isSection = (name: string | undefined): name is SaftSection => name === 'SalesInvoices' || name === 'Payments';

/**
 * The parts of a SAF-T file in their order, one after the other, so that memory holds one document. Read as
 * Windows-1252, as the authority has it. Throws {@link UnreadableSaft} with the line.
 */
export async function* readSaft(file: AsyncIterable<Uint8Array>): AsyncGenerator<SaftPart> {
  const collector = new PartCollector();
  const decoder = new TextDecoder('windows-1252');
  for await (const chunk of file) {
    collector.write(decoder.decode(chunk, { stream: true }));
    yield* collector.taken();
  }
  collector.end();
  yield* collector.taken();
}

class PartCollector {
  readonly #parser = new SaxesParser({ position: true });
  readonly #path: string[] = [];
  /** The elements of the part that is being read, outermost first; none between parts. */
  readonly #open: Open[] = [];
  #parts: SaftPart[] = [];

  constructor() {
    const parser = this.#parser;
    parser.on('error', (error) => {
      throw new UnreadableSaft(`line ${parser.line}: ${error.message.replace(/^\d+:\d+: /, '')}`);
    });
    parser.on('doctype', () => {
      throw new UnreadableSaft(`line ${parser.line}: a document type has no place in SAF-T`);
    });
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding?.toLowerCase() !== 'windows-1252') {
        throw new UnreadableSaft(`its encoding is ${encoding ?? 'not declared'}, not Windows-1252`);
      }
    });
    parser.on('opentag', ({ name }) => this.#opened(name));
    parser.on('text', (text) => {
      const inner = this.#open.at(-1);
      if (inner !== undefined) inner.text += text;
    });
    parser.on('closetag', () => this.#closed());
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): void {
    this.#parser.close();
  }

  taken(): readonly SaftPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #opened(name: string): void {
    if (this.#path.length === 0 && name !== 'AuditFile')
      throw new UnreadableSaft(`it begins with ${name}, not AuditFile`);
    const isPart = this.#open.length > 0 || name === 'Header' || isSection(this.#path.at(-1));
    if (isPart) this.#open.push({ name, line: this.#parser.line, text: '', children: [] });
    this.#path.push(name);
  }

  #closed(): void {
    this.#path.pop();
    const element = this.#open.pop();
    if (element === undefined) return;
    const outer = this.#open.at(-1);
    if (outer !== undefined) outer.children.push(element);
    else this.#parts.push(partOf(element, this.#path.at(-1)));
  }
}

function partOf(element: ReadElement, section: string | undefined): SaftPart {
  if (!isSection(section)) return { kind: 'header', element };
  return { kind: TOTALS.has(element.name) ? 'total' : 'document', section, element };
}

/** The elements at a path of names below an element. */
export function elementsAt(element: ReadElement, ...path: readonly string[]): readonly ReadElement[] {
  return path.reduce<readonly ReadElement[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [element],
  );
}

/** The text at a path of names; empty where it is not. */
export function textAt(element: ReadElement, ...path: readonly string[]): string {
  return elementsAt(element, ...path)[0]?.text ?? '';
}
