import type { Letter, LetterFacts, LetterStage } from './letter-texts.js';
import { ENGLISH } from './letters.en.js';
import { PORTUGUESE } from './letters.pt.js';

export type { Letter, LetterFacts, LetterStage } from './letter-texts.js';

/** A letter: what is due and for which invoice, how to pay, what happens next and when, how to question it. */
export function writeLetter(stage: LetterStage, facts: LetterFacts, language: 'pt' | 'en'): Letter {
  const texts = language === 'en' ? ENGLISH : PORTUGUESE;
  const paragraphs = [
    texts.greeting(facts),
    texts.what[stage](facts),
    texts.howToPay(facts, stage),
    texts.whatNext(facts, stage),
    texts.howToQuestion(facts),
    texts.closing(facts),
  ];
  return { subject: texts.subject[stage](facts), body: `${paragraphs.join('\n\n')}\n` };
}
