import { parseEndpoint } from '../endpoint.ts';

/** One line of `status 3`. `vpnAddress` is empty for a client that is not let in, or not yet. */
export interface StatusClient {
  readonly commonName: string;
  readonly realAddress: string;
  readonly realPort: number;
  readonly vpnAddress: string;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly sinceSeconds: number;
  readonly username: string;
  readonly cid: number;
  readonly peerId: number;
  readonly cipher: string;
}

const CLIENT_COLUMNS = {
  commonName: 'Common Name',
  realAddress: 'Real Address',
  vpnAddress: 'Virtual Address',
  bytesReceived: 'Bytes Received',
  bytesSent: 'Bytes Sent',
  since: 'Connected Since (time_t)',
  username: 'Username',
  cid: 'Client ID',
  peerId: 'Peer ID',
  cipher: 'Data Channel Cipher',
} as const;

type Column = keyof typeof CLIENT_COLUMNS;

/** The clients in an answer to `status 3`; columns are found by their headers, lines that make no sense are left out. */
export function parseStatus(lines: readonly string[]): StatusClient[] {
  const clients: StatusClient[] = [];
  let header: readonly string[] = [];
  for (const line of lines) {
    const fields = line.split('\t');
    if (fields[0] === 'HEADER' && fields[1] === 'CLIENT_LIST') header = fields.slice(2);
    if (fields[0] !== 'CLIENT_LIST') continue;
    const client = parseClient(header, fields.slice(1));
    if (client !== undefined) clients.push(client);
  }
  return clients;
}

function parseClient(header: readonly string[], fields: readonly string[]): StatusClient | undefined {
  const text = (column: Column): string => fields[header.indexOf(CLIENT_COLUMNS[column])] ?? '';
  const number = (column: Column): number =>
    /^[0-9]{1,15}$/.test(text(column)) ? Number(text(column)) : Number.NaN;
  const endpoint = parseEndpoint(text('realAddress'));
  const numbers = {
    bytesReceived: number('bytesReceived'),
    bytesSent: number('bytesSent'),
    sinceSeconds: number('since'),
    cid: number('cid'),
    peerId: number('peerId'),
  };
  if (endpoint === undefined || Object.values(numbers).some(Number.isNaN)) return undefined;
  return {
    commonName: text('commonName'),
    realAddress: endpoint.address,
    realPort: endpoint.port,
    vpnAddress: text('vpnAddress'),
    username: text('username'),
    cipher: text('cipher'),
    ...numbers,
  };
}
