import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";

/**
 * A failure under a code of ours: as it is where it has one, translated where the operating system or an RPC server
 * says what somebody can act on; anything else is a bug, and stays what it is.
 */
export async function namedFailure(error: unknown): Promise<unknown> {
  if (isCyxwizError(error) || !(error instanceof Error)) return error;
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && path !== undefined) {
    return new CyxwizError("CONFIG_INVALID", { source: path, problem: error.message }, { cause: error });
  }
  if (error.name !== "SolanaError") return error;
  // Loaded only here: most commands that fail have not needed it.
  const { isSolanaError } = await import("@solana/kit");
  return isSolanaError(error) ? new CyxwizError("RPC_REFUSED", { reason: error.message }, { cause: error }) : error;
}
