import { isSignedBy } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { encodeParameterOrder, toHex } from "@cyxwiz/proof";
import type { UpdateHyperparameters } from "@cyxwiz/protocol";
import { jobIdBytes } from "../jobs/job-id.ts";
import type { Session } from "../sessions/session.ts";
import { jobOf } from "./job-of.ts";

/**
 * Has a session's job go on with another learning rate or batch size from an epoch on. The change is part of what the
 * following epochs commit to. As a batch size changes the work, it needs the payer's signature.
 *
 * @returns the first epoch that is trained so
 * @throws CyxwizError JOB_ILLEGAL_MOVE, INVALID_FIELD for what cannot be changed so, NOT_POSSIBLE_NOW when the epoch has begun
 */
export async function changeParameters(session: Session, wanted: UpdateHyperparameters): Promise<number> {
  const { job, agreement } = jobOf(session, "update_params");
  const others = Object.keys(wanted.otherParams);
  if (others.length > 0) {
    const names = others.map((name) => `"${name}"`).join(", ");
    const problem = `${names} cannot be changed while a job runs; learning_rate and batch_size can`;
    throw new CyxwizError("INVALID_FIELD", { field: "other_params", problem });
  }
  // On the wire, 0 is what was not set.
  const parameters = {
    ...(wanted.learningRate !== 0 && { learning_rate: wanted.learningRate }),
    ...(wanted.batchSize !== 0 && { batch_size: wanted.batchSize }),
  };
  const { firstEpoch, signature } = wanted;
  if (signature.length > 0) {
    if (firstEpoch < 1) throw invalid("first_epoch", "must be named by a signed order");
    const order = encodeParameterOrder({ jobId: jobIdBytes(job.id), firstEpoch, parameters });
    if (!(await isSignedBy(agreement.payerWallet, order, signature))) {
      throw invalid("signature", "is not the payer's, of this order");
    }
  } else if (wanted.batchSize !== 0) {
    throw invalid("signature", "is missing: another batch size changes the work, so the payer signs for it");
  }
  return job.change({ parameters, signature: toHex(signature), ...(firstEpoch !== 0 && { firstEpoch }) });
}

function invalid(field: string, problem: string): CyxwizError {
  return new CyxwizError("INVALID_FIELD", { field, problem });
}
