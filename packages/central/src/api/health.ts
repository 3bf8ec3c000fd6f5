import type { HttpRequest, HttpResponse } from "@cyxwiz/protocol";
import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";

/** `GET /health`: 200 when the database and the chain answer, 503 with what does not. */
export function healthEndpoint(context: Context): (request: HttpRequest, response: HttpResponse) => boolean {
  return (request, response) => {
    if (request.method !== "GET" || request.url !== "/health") return false;
    void answer(context, response);
    return true;
  };
}

async function answer(context: Context, response: HttpResponse): Promise<void> {
  const [database, chain] = await Promise.allSettled([
    context.db.execute(sql`select 1`),
    context.chain.transactionState("1".repeat(64)),
  ]);
  const state = { database: database.status === "fulfilled", chain: chain.status === "fulfilled" };
  response.statusCode = state.database && state.chain ? 200 : 503;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(state));
}
