export interface LetterInput {
  readonly mailId: string;
}

/** One for each mail: sent again it is left alone. */
export const letterWorkflowId = (mailId: string): string => `letter/${mailId}`;
