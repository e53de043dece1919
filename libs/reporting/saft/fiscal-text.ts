/** What Windows-1252 has at 0x80 to 0x9F; elsewhere it is Latin-1. Unassigned: 81, 8D, 8F, 90, 9D. */
const HIGH: Readonly<Record<string, number>> = {
  '€': 0x80,
  '‚': 0x82,
  ƒ: 0x83,
  '„': 0x84,
  '…': 0x85,
  '†': 0x86,
  '‡': 0x87,
  ˆ: 0x88,
  '‰': 0x89,
  Š: 0x8a,
  '‹': 0x8b,
  Œ: 0x8c,
  Ž: 0x8e,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '˜': 0x98,
  '™': 0x99,
  š: 0x9a,
  '›': 0x9b,
  œ: 0x9c,
  ž: 0x9e,
  Ÿ: 0x9f,
};

/** What has no accent to lose and a usual spelling in the letters that there are. */
const SPELLED: Readonly<Record<string, string>> = {
  '−': '-',
  '‐': '-',
  '‑': '-',
  '′': "'",
  '″': '"',
  '≤': '<=',
  '≥': '>=',
  '≈': '~',
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  ı: 'i',
};

function byteOf(character: string): number | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code;
  return HIGH[character];
}

/** A character in those of Windows-1252: itself, its usual spelling, its letter without accents, or a question mark. */
function inWindows1252(character: string): string {
  if (byteOf(character) !== undefined) return character;
  const spelled = SPELLED[character];
  if (spelled !== undefined) return spelled;
  const letters = character.normalize('NFKD').replace(/\p{Mark}/gu, '');
  return letters !== '' && [...letters].every((letter) => byteOf(letter) !== undefined) ? letters : '?';
}

/**
 * A text as SAF-T can hold it: on one line, in the characters of Windows-1252 (what it lacks is replaced, see
 * {@link inWindows1252}), no longer than the schema allows; `absent` where nothing is left (the authority's word for
 * what is not known is Desconhecido).
 */
export function fiscalText(text: string | null, most: number, absent = 'Desconhecido'): string {
  const composed = (text ?? '').normalize('NFC').replace(/[\p{Control}\p{Separator}]+/gu, ' ');
  const mapped = [...composed].map(inWindows1252).join('').trim().slice(0, most).trimEnd();
  return mapped === '' ? absent : mapped;
}

/** The bytes of a text in Windows-1252. Throws on a character that it lacks: texts go through {@link fiscalText}. */
export function encodeWindows1252(text: string): Buffer {
  const bytes = text.replace(/[\u0080-\u009F\u0100-\uFFFF]/g, (character) => {
    const byte = HIGH[character];
    if (byte === undefined) throw new RangeError(`"${character}" is not in Windows-1252`);
    return String.fromCodePoint(byte);
  });
  return Buffer.from(bytes, 'latin1');
}
