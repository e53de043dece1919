/** An RF reference is RF, two digits and 1 to 21 characters. */
const LONGEST = 25;
const SHORTEST = 5;

/** Which of our references a text holds, in their order there, whatever its case and spacing. */
export function referencesIn(text: string, known: ReadonlyMap<string, unknown>): string[] {
  const squeezed = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const found: string[] = [];
  for (const { index } of squeezed.matchAll(/RF\d\d/g)) {
    // The longest first: of two references one may begin like the other.
    for (let length = LONGEST; length >= SHORTEST; length -= 1) {
      const candidate = squeezed.slice(index, index + length);
      if (candidate.length !== length || !known.has(candidate)) continue;
      found.push(candidate);
      break;
    }
  }
  return [...new Set(found)];
}

export interface DocumentNumberSearch {
  /** The documents whose numbers a text holds, as `FT CZM2026/17`, with other spaces and marks or without the type. */
  in(text: string): string[];
}

/** Looks for the numbers of these documents: one pattern a series, however many documents it has. */
export function documentNumberSearch(numberTexts: Iterable<string>): DocumentNumberSearch {
  const known = new Set<string>();
  const typesOf = new Map<string, Set<string>>();
  for (const numberText of numberTexts) {
    const [, type, series] = /^(\S+) ([^/]+)\/\d+$/.exec(numberText) ?? [];
    if (type === undefined || series === undefined) continue;
    known.add(numberText);
    typesOf.set(series, (typesOf.get(series) ?? new Set()).add(type));
  }
  const patterns = [...typesOf].map(([series, types]) => ({ series, types, pattern: patternOf(series, types) }));
  return {
    in(text) {
      const upper = text.toUpperCase();
      const found = patterns.flatMap(({ series, types, pattern }) =>
        [...upper.matchAll(pattern)].flatMap(({ groups, index }) => {
          const said = groups?.['type'];
          const numbers = (said === undefined ? [...types] : [said]).map(
            (type) => `${type} ${series}/${Number(groups?.['number'])}`,
          );
          return numbers.filter((number) => known.has(number)).map((number) => ({ number, index }));
        }),
      );
      return [...new Set(found.sort((a, b) => a.index - b.index).map(({ number }) => number))];
    },
  };
}

const GAP = '[\\s._-]*';

function patternOf(series: string, types: ReadonlySet<string>): RegExp {
  const spelled = (word: string) =>
    [...word.toUpperCase()].map((letter) => letter.replace(/[^A-Z0-9]/g, '\\$&')).join(GAP);
  const type = `(?:(?<type>${[...types].map(spelled).join('|')})${GAP})?`;
  return new RegExp(`(?<![A-Z0-9])${type}${spelled(series)}[\\s/\\\\._-]+0*(?<number>\\d{1,9})(?![A-Z0-9])`, 'g');
}
