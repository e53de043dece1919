/** An element: its name, and its text or what is in it; null is left out. */
export type XmlElement = readonly [name: string, content: string | readonly (XmlElement | null)[]];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);

/** An element as text, one element a line, so that a fault's line says where it is. */
export function xmlText([name, content]: XmlElement, depth = 0): string {
  const indent = '  '.repeat(depth);
  if (typeof content === 'string') return `${indent}<${name}>${escaped(content)}</${name}>\n`;
  const inner = content.map((child) => (child === null ? '' : xmlText(child, depth + 1))).join('');
  return `${indent}<${name}>\n${inner}${indent}</${name}>\n`;
}
