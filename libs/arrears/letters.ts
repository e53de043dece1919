import type { Letter, LetterFacts, LetterKind } from './letter-texts.js';
import { ENGLISH } from './letters.en.js';
import { PORTUGUESE } from './letters.pt.js';

export type { Letter, LetterFacts, LetterKind, LetterStage } from './letter-texts.js';

/**
 * A letter: what is due and for which invoice, how to pay, what happens next and when, how to question it. That charging
 * is possible again asks for nothing more.
 */
export function writeLetter(stage: LetterKind, facts: LetterFacts, language: 'pt' | 'en'): Letter {
  const texts = language === 'en' ? ENGLISH : PORTUGUESE;
  const body =
    stage === 'resumed' ? [] : [texts.howToPay(facts, stage), texts.whatNext(facts, stage), texts.howToQuestion(facts)];
  const paragraphs = [texts.greeting(facts), texts.what[stage](facts), ...body, texts.closing(facts)];
  return { subject: texts.subject[stage](facts), body: `${paragraphs.join('\n\n')}\n` };
}
