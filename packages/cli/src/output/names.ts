/** A generated enum's name for a value, as people write it: `CancelledRunning` → "cancelled running". */
export function nameOf(names: Readonly<Record<string, unknown>>, value: number): string {
  return words(Object.entries(names).find(([, number]) => number === value)?.[0] ?? `${value}`);
}

/** A name in CamelCase as words. */
export function words(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
