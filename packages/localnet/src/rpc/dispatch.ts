import { z } from "zod";
import { parseJson, stringifyJson } from "./json.ts";
import { invalidRequest, parseError, RpcError } from "./rpc-error.ts";

/** Answers one call; throws RpcError for what the client is to see as an error. */
export type CallHandler = (method: string, params: unknown) => unknown;

const id = z.union([z.string(), z.number(), z.bigint(), z.null()]);
const request = z.object({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  params: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown()), z.null()]).optional(),
  id: id.optional(),
});

/**
 * Answers the text of a request or a batch with the text to send back; `undefined` when there is nothing to say
 * (only notifications, which have no id).
 */
export async function dispatch(text: string, call: CallHandler): Promise<string | undefined> {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return stringifyJson(errorResponse(parseError(), null));
  }
  if (!Array.isArray(body)) return await answer(body, call);
  if (body.length === 0) return stringifyJson(errorResponse(invalidRequest(), null));
  const answers: string[] = [];
  // One after the other: a batch may send and then read.
  for (const item of body) {
    const response = await answer(item, call);
    if (response !== undefined) answers.push(response);
  }
  return answers.length === 0 ? undefined : `[${answers.join(",")}]`;
}

async function answer(body: unknown, call: CallHandler): Promise<string | undefined> {
  const parsed = request.safeParse(body);
  if (!parsed.success) return stringifyJson(errorResponse(invalidRequest(), null));
  const { method, params, id } = parsed.data;
  try {
    const result = (await call(method, params)) ?? null;
    return id === undefined ? undefined : stringifyJson({ jsonrpc: "2.0", result, id });
  } catch (error) {
    return id === undefined ? undefined : stringifyJson(errorResponse(error, id));
  }
}

function errorResponse(error: unknown, id: z.output<typeof request>["id"]) {
  const { code, message, data } =
    error instanceof RpcError ? error : new RpcError(-32603, `Internal error: ${(error as Error)?.message ?? error}`);
  return { jsonrpc: "2.0", error: { code, message, ...(data !== undefined && { data }) }, id };
}
