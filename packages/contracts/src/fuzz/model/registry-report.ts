import type { Case, Rule } from "./case.ts";
import { onPlatform } from "./escrow-parts.ts";
import { slash } from "./registry-slash.ts";
import { type Escrow, Fault, type Node, Reported, State } from "./state.ts";

/** The escrow and node of a report: both there, belonging together, and a report due. */
function reported(given: Case, hasFault: boolean): { escrow: Escrow; node: Node } | undefined {
  onPlatform(given);
  given.is("registry", "registry", "registry.wrongRegistry");
  given.is("registryProgram", "registryProgram", "escrow.wrongRegistry");
  given.writable("escrow");
  given.unless(given.call.writable.has(given.account("nodeAccount")), "runtime");
  const escrow = given.escrowIn();
  if (!given.unless(escrow !== undefined, "escrow.wrongEscrow") || escrow === undefined) return undefined;
  given.unless(escrow.nonce === given.big("nonce"), "escrow.wrongNonce");
  given.unless(escrow.state === State.Settled, "escrow.illegalState", "escrow.nothingToReport");
  given.unless(
    escrow.reported === Reported.Due && (escrow.fault !== Fault.None) === hasFault,
    "escrow.nothingToReport",
  );
  const node = given.nodeIn("nodeAccount");
  if (!given.unless(node?.wallet === escrow.node, "escrow.wrongNode") || node === undefined) return undefined;
  return { escrow, node };
}

/** Holds no tokens, and so can receive none. */
const NOWHERE = "mint";

function endJob(node: Node): void {
  if (node.runningJobs > 0) node.runningJobs -= 1;
}

export const reportOutcome: Rule = (given) => {
  const found = reported(given, false);
  if (found === undefined) return undefined;
  return () => {
    endJob(found.node);
    found.escrow.reported = Reported.Done;
  };
};

/** What shows the fault: the payer's evidence, the invalid proof, or the terms that were not kept. */
function evidenceOf({ fault, payerEvidence, proofCommitment, termsHash }: Escrow): string {
  if (fault === Fault.DisputeLost && payerEvidence !== "") return payerEvidence;
  return fault === Fault.InvalidProof ? proofCommitment : termsHash;
}

export const reportFault: Rule = (given) => {
  const found = reported(given, true);
  const both = (name: string) => [`escrow.${name}`, `registry.${name}`];
  const writable = (role: string) => given.unless(given.call.writable.has(given.account(role)), "runtime");
  for (const role of ["stakeVault", "insurance", "mint"]) writable(role);
  given.is("mint", "mint", "registry.wrongMint");
  given.is("insurance", given.model.registry.insurance, "registry.wrongInsurance");
  given.unless(given.account("tokenProgram") === "tokenProgram", ...both("wrongTokenProgram"));
  if (found === undefined) return undefined;
  const { escrow, node } = found;
  given.is("stakeVault", node.stakeVault, "registry.wrongStakeVault");
  given.unless(given.account("payerToken") === escrow.payerToken, "escrow.wrongPayerToken");
  // What the payer gave away is no account of the payer's any more: its part then goes nowhere.
  const isPayers = given.belongsTo("payerToken", escrow.payer);
  if (isPayers) writable("payerToken");
  return () => {
    endJob(node);
    escrow.reported = Reported.Done;
    slash(given, node, {
      fault: escrow.fault,
      payerToken: isPayers ? escrow.payerToken : NOWHERE,
      escrow: escrow.name,
      nonce: escrow.nonce,
      evidence: evidenceOf(escrow),
    });
  };
};
