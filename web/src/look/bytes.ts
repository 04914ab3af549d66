const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`: decimal units, as network and disk vendors count. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
