import type { Client } from "@connectrpc/connect";
import { retry } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import { type ConfirmEscrowResponse, fromWireError, type JobService } from "@cyxwiz/protocol";

const WITHIN_MS = 60_000;

/**
 * Shows Central the escrow and gets the token for the node. Central may see the transaction later than we do, or be
 * away for a moment: then again.
 *
 * @throws CyxwizError `ESCROW_*`, `RESERVATION_EXPIRED`, `UNREACHABLE`, `ABORTED`
 */
export function confirmEscrow(
  central: Client<typeof JobService>,
  options: { jobId: string; signature: string; signal: AbortSignal },
): Promise<ConfirmEscrowResponse> {
  const { jobId, signature, signal } = options;
  return retry(
    async () => {
      const response = await central.confirmEscrow({ jobId, escrowTxSignature: signature }, { signal });
      const failure = fromWireError(response.error);
      if (failure) throw failure;
      return response;
    },
    {
      what: `Confirming the escrow of job ${jobId}`,
      signal,
      withinMs: WITHIN_MS,
      when: (error) =>
        isCyxwizError(error) &&
        ["ESCROW_NOT_CONFIRMED", "ESCROW_NOT_FOUND", "UNREACHABLE", "CALL_TIMED_OUT"].includes(error.code),
    },
  );
}
