import { describe, expect, it } from '@jest/globals';

import { elementAt, MOST_XML_BYTES, readXml, textAt } from './read-xml.js';

const codeOf = (text: string | Uint8Array) => {
  const read = readXml(typeof text === 'string' ? Buffer.from(text) : text);
  return 'refused' in read ? read.refused.code : null;
};

describe('readXml', () => {
  it('reads elements by local names, whatever their prefix, and says where they begin', () => {
    const read = readXml(Buffer.from('<x:a xmlns:x="urn:one">\n<x:b k="v"> 1 &amp; 2 </x:b></x:a>'));
    if ('refused' in read) throw new Error(read.refused.code);
    expect(read.namespace).toBe('urn:one');
    expect(textAt(read.root, 'c', 'b')).toBe('1 & 2');
    expect(elementAt(read.root, 'b')).toMatchObject({ line: 2, attributes: { k: 'v' } });
  });

  it('reads what a bank declares as ISO 8859-1', () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>João</a>', 'latin1');
    const read = readXml(bytes);
    expect('root' in read ? read.root.text : null).toBe('João');
  });

  it('expands no entities and fetches nothing: a document type is refused', () => {
    const laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>';
    expect(codeOf(laughs)).toBe('XML_DOCTYPE');
    expect(codeOf('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')).toBe('XML_DOCTYPE');
    expect(codeOf('<a>&unknown;</a>')).toBe('XML_MALFORMED');
  });

  it.each(['', '<a>', '<a></b>', 'Data;Montante', '<a/><b/>'])('refuses "%s"', (text) => {
    expect(codeOf(text)).toBe('XML_MALFORMED');
  });

  it('bounds size and depth', () => {
    expect(codeOf(new Uint8Array(MOST_XML_BYTES + 1))).toBe('XML_TOO_LARGE');
    expect(codeOf('<a>'.repeat(50) + '</a>'.repeat(50))).toBe('XML_TOO_DEEP');
    expect(codeOf(Buffer.from([0x3c, 0x61, 0xff, 0x3e]))).toBe('XML_ENCODING');
  });
});
