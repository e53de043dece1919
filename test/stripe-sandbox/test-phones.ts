export type PhoneAnswer = 'confirm' | 'refuse' | 'time-out';

/** Phones that answer a MB WAY push by themselves. Any other waits for its owner: an order, or the time that runs out. */
export const TEST_PHONES = {
  confirms: '+351910000001',
  refuses: '+351910000002',
  timesOut: '+351910000003',
} as const;

const ANSWERS: Readonly<Record<string, PhoneAnswer>> = {
  [TEST_PHONES.confirms]: 'confirm',
  [TEST_PHONES.refuses]: 'refuse',
  [TEST_PHONES.timesOut]: 'time-out',
};

export function answerOf(phone: string): PhoneAnswer | null {
  return ANSWERS[phone] ?? null;
}
