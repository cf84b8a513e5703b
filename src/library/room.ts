/** What the studio takes of the room that the browser gives it, in bytes. */
export interface Room {
  used: number;
  available: number;
}

/** null where the browser does not tell. */
export async function estimateRoom(): Promise<Room | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? null : { used: usage, available: quota };
  } catch {
    // Storage is shut: the first save says so.
    return null;
  }
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** "12.3 MB", in thousands, as file managers count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
