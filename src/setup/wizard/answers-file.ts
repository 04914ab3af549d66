import { TandemError } from '../../core/errors.ts';
import { type Answers, type QuestionName, questions } from './questions.ts';

const names: ReadonlySet<string> = new Set(questions.map(({ name }) => name));

/**
 * Answers from a file: one a line, `web-port=943`, named as the flags are; `#` begins a remark.
 * @throws TandemError `setup.answers-file`, naming the line
 */
export function parseAnswers(text: string): Answers {
  const answers: Partial<Record<QuestionName, string>> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const [, name, value] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !isName(name)) throw unreadable(index + 1);
    answers[name] = value;
  }
  return answers;
}

function isName(name: string): name is QuestionName {
  return names.has(name);
}

function unreadable(line: number): TandemError {
  return new TandemError({
    code: 'setup.answers-file',
    culprit: 'caller',
    message: `Line ${line} of the answers is not right: one of ${[...names].join(', ')}, an equals sign, the answer. Nothing was changed.`,
    hint: 'For example: web-port=943',
  });
}
