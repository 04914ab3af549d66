/** Says after a change whether it is on both disks. */
export function protectionNote(answer: { readonly protected: boolean }): string {
  return answer.protected
    ? ', on both nodes'
    : ', on THIS NODE ONLY: the pair is not protected (see tandem status)';
}
