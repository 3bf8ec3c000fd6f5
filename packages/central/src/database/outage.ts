import { CyxwizError } from "@cyxwiz/errors";
import { sqlState } from "./sqlstate.ts";

const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH"]);
// Connection exceptions, and a server that is stopping, starting or full.
const SQL_STATES = /^(08...|57P0[1-5]|53300)$/;
const MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** What a caller is told when the database is away: to try again. Any other error comes back as it is. */
export function nameOutage(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CyxwizError) return error;
  const { code = "" } = sqlState(error);
  const messages = `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  if (!NETWORK.has(code) && !SQL_STATES.test(code) && !MESSAGES.test(messages)) return error;
  const outage = { peer: "the database", address: "Central", cause: code === "" ? "connection lost" : code };
  return new CyxwizError("UNREACHABLE", outage, { cause: error });
}
