// In V8 since 2023, not yet in TypeScript's library.
interface RawJson {
  rawJSON(text: string): unknown;
}
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const { rawJSON } = JSON as unknown as RawJson;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** JSON in which a bigint is a number with all of its digits, as validators send u64. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? rawJSON(item.toString()) : item));
}

/** Parses JSON; an integer that a double can't hold comes as a bigint. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return parse(text, (_, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}
