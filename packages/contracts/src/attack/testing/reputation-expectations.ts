import type { Exemption, Particular, Roles } from "./expectations.ts";

/** What reputation-manager says to a wrong account, by the account's name. */
export const REPUTATION_ROLES: Roles = {
  deployer: "reputationManager.notDeployer",
  admin: "reputationManager.wrongSigner",
  newAdmin: "reputationManager.wrongSigner",
  coordinator: "reputationManager.wrongSigner",
  payer: "reputationManager.wrongSigner",
  reputation: "reputationManager.wrongReputation",
  page: "reputationManager.wrongPage",
  program: "reputationManager.notDeployer",
  programData: "reputationManager.notDeployer",
  systemProgram: "MissingAccount",
};

/** Where another answer is right: nowhere. */
export const REPUTATION_PARTICULARS: readonly Particular[] = [];

/** What succeeds, and should. */
export const REPUTATION_EXEMPTIONS: readonly Exemption[] = [
  {
    cases: /^reputationManager\.openPage payer (rival .*|stranger|duplicate coordinator)$/,
    because: "anybody may pay for it",
  },
  {
    cases: /^reputationManager\.(addNode|recordOutcomes) page rival /,
    because: "a valid instruction about that other page",
  },
  {
    cases: /^reputationManager\.initializeReputation admin (stranger|duplicate deployer)$/,
    because: "the deployer names any admin",
  },
  { cases: /^reputationManager\.initializeReputation programData wrongSize /, because: "programs are of any size" },
];
