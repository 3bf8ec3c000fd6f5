import { FLAG_AUTO_RELEASE } from "@cyxwiz/contracts";
import type { PaidJob } from "../attach/paid-job.ts";
import type { JobContext } from "../engine-context.ts";
import { readEscrow } from "../escrow/read-escrow.ts";

/** A job whose payer has time to look at it before its node is paid. */
export interface Review {
  /** Emits from when on the node is paid, once its proof is on chain. */
  tell(): void;
}

/** Whether the payer has kept the challenge window for itself, as the escrow on chain says; `undefined` where it has not. */
export async function reviewOf(
  { chain, signal, emit }: Pick<JobContext, "chain" | "signal" | "emit">,
  job: PaidJob,
): Promise<Review | undefined> {
  const read = async () => (await readEscrow(chain.rpc, job, signal))?.data;
  const escrow = await read();
  if (escrow === undefined || (escrow.flags & FLAG_AUTO_RELEASE) !== 0) return undefined;
  return {
    // That it cannot be told now does not keep the job from going on.
    tell: () =>
      void read()
        .then((proven) => {
          if (!proven) return;
          const { anchoredAt, challengeWindowSeconds } = proven;
          emit({ type: "proven", payableFromSeconds: Number(anchoredAt + challengeWindowSeconds) });
        })
        .catch(() => undefined),
  };
}
