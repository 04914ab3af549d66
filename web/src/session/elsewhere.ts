import { request } from '../api/request.ts';

/**
 * A way to go on, still signed in, at another address of the node that answers here. The ticket in it works once, within
 * five minutes.
 */
export async function wayTo(address: string): Promise<string> {
  const { ticket } = await request<{ readonly ticket: string }>('/session/ticket', { method: 'POST' });
  const host = address.includes(':') ? `[${address}]` : address;
  const port = location.port === '' ? '' : `:${location.port}`;
  // After the # the ticket stays in the browser: in no log and no referrer.
  return `https://${host}${port}/arrive#${ticket}`;
}
