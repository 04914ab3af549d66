import { TandemError } from '../../core/errors.ts';
import { type Answers, type Machine, type Question, type QuestionName, questions } from './questions.ts';

/** Where the wizard prints and reads: a terminal, a pipe or a test. */
export interface Dialogue {
  say(text: string): void;
  /** Prints the prompt and answers the next line, without its end; undefined when there is none any more. */
  line(prompt: string, secret: boolean): Promise<string | undefined>;
}

/**
 * Asks what flags have not answered, one question after the other; a wrong answer is asked again with the reason. Nothing
 * is changed while it asks.
 * @param given answers from flags or a file; a wrong one of these is an error, since nobody is there to be asked again
 * @param dialogue undefined to ask nothing: what is not given is as ENTER would have it (`--batch`)
 * @throws TandemError `setup.answer`, `setup.answers-ended`
 */
export async function runWizard(
  machine: Machine,
  given: Answers,
  dialogue: Dialogue | undefined,
): Promise<Answers> {
  let answers: Answers = {};
  for (const question of questions) {
    if (!question.applies(answers, machine)) continue;
    const answer = await answerTo(question, answers, machine, given, dialogue);
    answers = { ...answers, [question.name]: answer };
  }
  return answers;
}

async function answerTo(
  question: Question,
  answers: Answers,
  machine: Machine,
  given: Answers,
  dialogue: Dialogue | undefined,
): Promise<string> {
  const flag = givenAnswer(question.name, given);
  const preset = question.preset(answers, machine);
  if (flag !== undefined) return checkedFlag(question, flag, answers, machine);
  if (dialogue === undefined || question.text === undefined) {
    if (preset === undefined) throw missing(question.name);
    return checkedFlag(question, preset, answers, machine);
  }
  dialogue.say(`\n${question.text(answers, machine)}`);
  for (;;) {
    const prompt = preset === undefined ? '> ' : `Press ENTER for default [${preset}]: `;
    const typed = await dialogue.line(prompt, question.secret === true);
    if (typed === undefined) throw ended(question.name);
    const trimmed = question.secret === true ? typed : typed.trim();
    const answer = trimmed === '' && preset !== undefined ? preset : trimmed;
    const problem = question.problem(answer, answers, machine);
    if (problem === undefined) return answer;
    dialogue.say(problem);
  }
}

/** Whoever gives the password by a file has not mistyped it. */
function givenAnswer(name: QuestionName, given: Answers): string | undefined {
  return name === 'admin-password-again' ? given['admin-password'] : given[name];
}

function checkedFlag(question: Question, answer: string, answers: Answers, machine: Machine): string {
  const problem = question.problem(answer, answers, machine);
  if (problem === undefined) return answer;
  throw new TandemError({
    code: 'setup.answer',
    culprit: 'caller',
    message: `--${question.name}: ${problem} Nothing was changed.`,
    hint: 'See: tandem init --help',
  });
}

function missing(name: QuestionName): TandemError {
  return new TandemError({
    code: 'setup.answer-missing',
    culprit: 'caller',
    message: `--${name} has no default and was not given. Nothing was changed.`,
    hint: 'See: tandem init --help',
  });
}

function ended(name: QuestionName): TandemError {
  return new TandemError({
    code: 'setup.answers-ended',
    culprit: 'caller',
    message: `The answers ended before ${name} was answered. Nothing was changed.`,
    hint: `Give it as --${name}, or as one line more; --batch takes the defaults`,
  });
}
