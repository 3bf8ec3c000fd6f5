import { CyxwizError } from "@cyxwiz/errors";
import { nameOutage } from "../database/outage.ts";

type Method = (request: unknown, ...rest: unknown[]) => unknown;

/**
 * The same service, with what is common to all calls around it: a request with a NUL character in a text is refused
 * (PostgreSQL can't store it, and nothing honest contains it), and an absent database is called by its name.
 */
export function guard<Service extends object>(service: Service): Service {
  const methods = Object.entries(service as Record<string, Method>).map(([name, method]) => {
    const guarded: Method = (request, ...rest) => {
      const field = findNul(request, "request");
      if (field !== undefined) throw new CyxwizError("INVALID_FIELD", { field, problem: "contains a NUL character" });
      const answer = method(request, ...rest);
      return answer instanceof Promise ? answer.catch(rethrow) : answer;
    };
    return [name, guarded];
  });
  return Object.fromEntries(methods) as Service;
}

function rethrow(error: unknown): never {
  throw nameOutage(error);
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
