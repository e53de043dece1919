import { inflateSync } from 'node:zlib';

/** The text a PDF of ours shows, in the order it is drawn: the hex strings of its content streams. */
export function textOf(pdf: Buffer): string {
  const windows1252 = new TextDecoder('windows-1252');
  const source = pdf.toString('latin1');
  const shown: string[] = [];
  for (const match of source.matchAll(/stream\n([\s\S]*?)\nendstream/g)) {
    const content = inflateSync(Buffer.from(match[1] ?? '', 'latin1')).toString('latin1');
    for (const [, array] of content.matchAll(/\[(.*?)\] TJ/g)) {
      const hex = [...(array ?? '').matchAll(/<([0-9a-f]*)>/g)].map(([, digits]) => digits).join('');
      shown.push(windows1252.decode(Buffer.from(hex, 'hex')));
    }
  }
  return shown.join('\n').replaceAll('\u00a0', ' ');
}

export const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\n/g)?.length ?? 0;
