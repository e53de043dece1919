/** The pattern of `ilike` for what contains a text; `%` and `_` of what a person types mean themselves. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
