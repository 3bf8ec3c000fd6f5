import { type Logger, pino } from "pino";

export type { Logger };

/** JSON lines on standard error; tokens, keys and data never get in, and known names are cut out if they do. */
export function createLogger(level: string): Logger {
  const secrets = ["token", "authToken", "sessionToken", "authorization", "privateKey", "secretKey", "dataset"];
  return pino(
    { name: "cyxwiz-node", level, redact: secrets.flatMap((name) => [name, `*.${name}`]) },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** An error as one line for the log: code and message, nothing of its payload. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
