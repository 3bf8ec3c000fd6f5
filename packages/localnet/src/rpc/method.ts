import type { z } from "zod";
import type { Localhost } from "./localhost.ts";
import { invalidParams } from "./rpc-error.ts";

/** One JSON-RPC method: checks its parameters, then answers or throws an RpcError. */
export type RpcMethod = (host: Localhost, params: unknown) => unknown;

/** Methods by name. */
export type MethodTable = Readonly<Record<string, RpcMethod>>;

/** Makes a method of a zod tuple for its parameters and a function that gets them. */
export function method<Schema extends z.ZodType<readonly unknown[]>>(
  schema: Schema,
  answer: (host: Localhost, ...params: z.output<Schema>) => unknown,
): RpcMethod {
  return (host, params) => answer(host, ...checkParams(schema, params));
}

/** Parameters as the schema wants them, or the error -32602 that says what is wrong. */
export function checkParams<Schema extends z.ZodType>(schema: Schema, params: unknown): z.output<Schema> {
  if (params !== undefined && params !== null && !Array.isArray(params)) {
    throw invalidParams("Invalid params: expected a sequence");
  }
  const result = schema.safeParse(params ?? []);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.message.startsWith("Invalid param:")) throw invalidParams(issue.message);
  const given = Array.isArray(params) ? params.length : 0;
  const missing = issue.code === "too_small" && issue.path.length === 0 ? issue.minimum : undefined;
  if (missing !== undefined && given < missing) {
    throw invalidParams(`\`params\` should have at least ${missing} argument(s)`);
  }
  const where = issue.path.length === 0 ? "" : ` at params[${issue.path.join(".")}]`;
  throw invalidParams(`Invalid params: ${issue.message}${where}`);
}
