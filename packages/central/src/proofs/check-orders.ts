import { isSignedBy } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { EpochCommitment, ParameterOrder } from "@cyxwiz/protocol";
import { judgeOrder, type OrderProblem, type TrainingSpec } from "@cyxwiz/training";
import type { Job, StoredOrder } from "../database/schema/index.ts";

const MAX_ORDERS = 256;

/**
 * Checks the orders to change parameters that a link names: each is for that epoch, of parameters that can be changed, and
 * by the payer; without a signature it may change the learning rate alone, which does not change the work.
 *
 * @returns them as they are stored; nothing where there are none
 * @throws CyxwizError PROOF_INVALID
 */
export async function checkOrders(job: Job, spec: TrainingSpec, link: EpochCommitment): Promise<StoredOrder[] | null> {
  if (link.orders.length === 0) return null;
  if (link.orders.length > MAX_ORDERS) throw invalid(job, link, `${link.orders.length} orders at once`);
  for (const order of link.orders) await checkOrder(job, spec, link, order);
  return link.orders.map(({ firstEpoch, parameters, signature }) => ({
    firstEpoch,
    parameters,
    signature: toHex(signature),
  }));
}

async function checkOrder(job: Job, spec: TrainingSpec, link: EpochCommitment, order: ParameterOrder): Promise<void> {
  if (order.firstEpoch !== link.epoch) throw invalid(job, link, `an order for epoch ${order.firstEpoch}`);
  const judged = await judgeOrder(spec, order, {
    jobId: jobIdToBytes(job.id),
    isPayers: (signed, signature) => isSignedBy(job.payerWallet ?? "", signed, signature),
  });
  if ("problem" in judged) throw invalid(job, link, words(judged.problem));
}

function words(problem: OrderProblem): string {
  switch (problem.kind) {
    case "unknown":
      return `an order of ${problem.names.join(", ")}`;
    case "impossible":
      return `an order that cannot be: ${problem.reason}`;
    case "unsigned":
      return "an order that its payer did not sign";
  }
}

function invalid(job: Job, link: EpochCommitment, problem: string): CyxwizError {
  return new CyxwizError("PROOF_INVALID", { jobId: job.id, problem: `epoch ${link.epoch} names ${problem}` });
}
