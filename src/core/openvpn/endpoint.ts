export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Reads `10.0.0.1:1194`, `[2001:db8::1]:1194` or `2001:db8::1:1194`, each also after a protocol such as `udp4:`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:(?:udp|tcp)[0-9a-z-]*:)?(\[?)([0-9a-fA-F.:]+)(\]?):([0-9]{1,5})$/.exec(text);
  const [, opening, address, closing, portText] = match ?? [];
  if (address === undefined || (opening === '[') !== (closing === ']')) return undefined;
  const port = Number(portText);
  return port <= 65_535 ? { address, port } : undefined;
}
