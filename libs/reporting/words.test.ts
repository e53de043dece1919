import { expect, it } from '@jest/globals';

import { CASE_STAGES } from '../arrears/stages.js';
import { stageWord } from './words.js';

it.each(['pt', 'en'] as const)('every stage of a case has a word (%s)', (language) => {
  for (const stage of CASE_STAGES) expect(stageWord(stage, language)).not.toBe(stage);
});
