import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/request.ts';

const closeButtonProps = { 'aria-label': 'Dismiss' } as const;

/** Says that something was done, and whether it is on both nodes. */
export function sayDone(message: string, written?: { readonly protected: boolean }): void {
  const copied = written === undefined ? '' : written.protected ? ' It is on both nodes.' : '';
  notifications.show({ message: `${message}${copied}`, withBorder: true, color: 'gray', closeButtonProps });
  if (written?.protected === false) {
    notifications.show({
      title: 'On this node only',
      message: 'The other node has not acknowledged this change yet; it gets it as soon as it is back.',
      withBorder: true,
      color: 'gray',
      closeButtonProps,
      autoClose: 12_000,
    });
  }
}

/** Says what failed where no form is open that could say it. */
export function sayFailed(error: unknown): void {
  notifications.show({
    title: error instanceof Error ? error.message : String(error),
    message: error instanceof ApiError ? error.hint : '',
    withBorder: true,
    color: 'red',
    closeButtonProps,
    autoClose: 15_000,
  });
}
