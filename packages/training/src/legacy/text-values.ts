/** Turns texts that stand for a number, a truth value or a list into that; leaves everything else as it is. */
export function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  const list = /^[[(](.*)[\])]$/.exec(text)?.[1];
  return list === undefined ? value : list.split(",").map((entry) => fromText(entry));
}

/** Reads a shape: a list, one size, or a text such as `[1, 28, 28]`, `784` or `28x28x1`. */
export function shapeFromText(value: unknown): unknown {
  const parsed = fromText(typeof value === "string" ? value.replace(/x|×/g, ",") : value);
  if (typeof parsed === "number") return [parsed];
  if (typeof parsed === "string" && parsed.includes(",")) return parsed.split(",").map((entry) => fromText(entry));
  return Array.isArray(parsed) ? parsed.map((entry) => fromText(entry)) : parsed;
}
