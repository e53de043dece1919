/**
 * The validation code that the tax authority answers when a series is registered: at least 8 capitals and digits
 * (Portaria 195/2020 art. 3; the code cannot be computed).
 */
export function isValidationCode(text: string): boolean {
  return /^[A-Z0-9]{8,}$/.test(text) && text.length <= 60;
}

/** Unique code of a document: validation code, hyphen, number in its series; `0` where the series is not registered. */
export function atcudOf(
  series: { readonly validationCode: string | null; readonly firstNumber: number },
  number: number,
): string {
  if (series.validationCode === null || number < series.firstNumber) return '0';
  return `${series.validationCode}-${number}`;
}
