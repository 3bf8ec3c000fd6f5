/** One line of JSON: amounts (bigint) as decimal text, so that no reader rounds them. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry) => (typeof entry === "bigint" ? entry.toString() : entry));
}
