import { printable } from '../util/printable.ts';

const SHOWN_LENGTH = 80;

/** What an adapter answered is not what it should be. A fault, not an answer: what can be asked again is asked again. */
export class UnreadableAnswerError extends Error {
  constructor(expected: string, answer: unknown) {
    super(printable(`The adapter answered what cannot be read as ${expected}: ${shown(answer)}.`));
    this.name = 'UnreadableAnswerError';
  }
}

function shown(answer: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(answer) ?? String(answer);
  } catch {
    text = typeof answer;
  }
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
