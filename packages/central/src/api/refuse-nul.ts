import { CyxwizError } from "@cyxwiz/errors";

type Method = (request: unknown, ...rest: unknown[]) => unknown;

/**
 * The same service, refusing any request with a NUL character in a text: PostgreSQL can't store it, and nothing
 * honest contains it.
 */
export function refuseNul<Service extends object>(service: Service): Service {
  const methods = Object.entries(service as Record<string, Method>).map(([name, method]) => {
    const checked: Method = (request, ...rest) => {
      const field = findNul(request, "request");
      if (field !== undefined) throw new CyxwizError("INVALID_FIELD", { field, problem: "contains a NUL character" });
      return method(request, ...rest);
    };
    return [name, checked];
  });
  return Object.fromEntries(methods) as Service;
}

/** The path of the first text, value or key, with a NUL in it. */
function findNul(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return value.includes("\0") ? path : undefined;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = key.includes("\0") ? path : findNul(inner, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
