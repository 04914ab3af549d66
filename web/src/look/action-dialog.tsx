import { Button, Group, Modal } from '@mantine/core';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/request.ts';
import styles from './action-dialog.module.css';
import { Problem } from './notice.tsx';
import { RefusedForm } from './refusal.ts';
import { sayDone } from './said.ts';

interface ActionDialogProps<Answer> {
  readonly title: string;
  /** The fields, or what will happen. */
  readonly children: ReactNode;
  readonly submit: string;
  /** Of the request: those that show what the node says against them themselves (`useRefusal`). */
  readonly fields?: readonly string[];
  /** What cannot be taken back is not the colour of everything else. */
  readonly grave?: boolean;
  readonly disabled?: boolean;
  readonly size?: string;
  readonly action: () => Promise<Answer>;
  /** Said when it is done; nothing is said without. */
  readonly done?: (answer: Answer) => string;
  /** What is asked for anew afterwards. */
  readonly refresh: QueryKey;
  readonly onDone?: (answer: Answer) => void;
  /** Done is not the end: what comes next is shown in its place. */
  readonly stay?: boolean;
  readonly onClose: () => void;
}

/** One change, with its fields or consequences before it, its failure in words, and its success said. */
export function ActionDialog<Answer>(props: ActionDialogProps<Answer>) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: props.action,
    onSuccess: (answer) => {
      if (props.done !== undefined) sayDone(props.done(answer), written(answer));
      props.onDone?.(answer);
      if (props.stay !== true) props.onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: props.refresh }),
  });
  const besideField =
    error instanceof ApiError && error.field !== undefined && props.fields?.includes(error.field) === true;
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={styles['body']}
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <RefusedForm value={error}>{props.children}</RefusedForm>
        {besideField ? null : <Problem error={error} />}
        <Group justify="flex-end">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            color={props.grave === true ? 'bad' : 'gray'}
            loading={isPending}
            disabled={props.disabled === true}
          >
            {props.submit}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function written(answer: unknown): { readonly protected: boolean } | undefined {
  if (typeof answer !== 'object' || answer === null || !('protected' in answer)) return undefined;
  return { protected: answer.protected === true };
}
