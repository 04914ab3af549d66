import type { JournalView } from '../../api/replica-contract.ts';

/** Where the history begins, so that nobody takes what is missing for what never happened. */
export function beginsInWords(view: JournalView): string {
  if (view.begins === null) return 'Nothing was changed yet.';
  const { position, at } = view.begins;
  const trimmed = Number(position.split('.')[1]) < view.wholeFrom;
  const words = trimmed ? `; of changes before ${view.wholeFrom} only these words are kept` : '';
  return `The history begins with ${position} at ${at}${words}.`;
}
