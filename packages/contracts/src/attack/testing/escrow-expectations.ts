import type { Exemption, Particular, Roles } from "./expectations.ts";

/** What job-escrow says to a wrong account, by the account's name. */
export const ESCROW_ROLES: Roles = {
  deployer: "jobEscrow.notDeployer",
  admin: "jobEscrow.wrongSigner",
  newAdmin: "jobEscrow.wrongSigner",
  authority: "jobEscrow.wrongSigner",
  coordinator: "jobEscrow.wrongSigner",
  arbiter: "jobEscrow.wrongSigner",
  payer: "jobEscrow.wrongSigner",
  caller: "jobEscrow.wrongSigner",
  party: "jobEscrow.notParty",
  loser: "jobEscrow.notParty",
  platform: "jobEscrow.wrongPlatform",
  escrow: "jobEscrow.wrongEscrow",
  vault: "jobEscrow.wrongVault",
  payerToken: "jobEscrow.wrongPayerToken",
  nodeToken: "jobEscrow.wrongNodeToken",
  treasury: "jobEscrow.wrongTreasury",
  insurance: "jobEscrow.wrongTreasury",
  mint: "jobEscrow.wrongMint",
  node: "jobEscrow.wrongNode",
  nodeAccount: "jobEscrow.wrongNode",
  registry: "nodeRegistry.wrongRegistry",
  registryProgram: "jobEscrow.wrongRegistry",
  stakeVault: "nodeRegistry.wrongStakeVault",
  account: "jobEscrow.wrongVersion",
  program: "jobEscrow.notDeployer",
  programData: "jobEscrow.notDeployer",
  tokenProgram: "jobEscrow.wrongTokenProgram",
  systemProgram: "MissingAccount",
};

/** Where another answer is right. The first row that a case matches counts. */
export const ESCROW_PARTICULARS: readonly Particular[] = [
  {
    cases:
      /^jobEscrow\.(startEscrow|reportOutcome|reportFault.*) (nodeAccount|stakeVault|insurance|mint|payerToken) notWritable$/,
    expected: "PrivilegeEscalation",
    because: "it is the registry that writes to it, and the runtime that keeps the escrow program from passing it on",
  },
  {
    cases: /^jobEscrow\.(appeal|openDispute.*|submitEvidence.*) (party|loser) duplicate /,
    expected: "jobEscrow.wrongSigner",
    because: "only wallets sign",
  },
  {
    cases: /^jobEscrow\.closeSlot payer notWritable$/,
    expected: "jobEscrow.notWritable",
    because: "it gets the rent here, from the escrow program itself",
  },
  {
    cases: /^jobEscrow\.createEscrow.* escrow rival /,
    expected: "jobEscrow.wrongEscrow",
    because: "payer and slot say which escrow it is",
  },
  {
    cases: /^jobEscrow\.createEscrow\(used slot\) escrow closed$/,
    expected: "custom 0",
    because: "a new slot would be made, whose vault is there already",
  },
  {
    cases: /^jobEscrow\.createEscrow\(new slot\) escrow taken /,
    expected: "jobEscrow.wrongEscrow",
    because: "it is read as a slot that was used",
  },
  {
    cases: /^jobEscrow\.createEscrow\(new slot\) vault taken /,
    expected: "custom 0",
    because: "the system program does not make an account twice",
  },
  {
    cases: /^jobEscrow\.reportFault.* tokenProgram /,
    expected: "nodeRegistry.wrongTokenProgram",
    because: "the registry moves these tokens",
  },
  {
    cases: /^jobEscrow\.startEscrow node /,
    expected: "jobEscrow.wrongSigner",
    because: "the node is here as a wallet that signs",
  },
  {
    cases: /^jobEscrow\.createEscrow.* payer (stranger|rival .*)$/,
    expected: "jobEscrow.wrongPayerToken",
    because: "whoever signs is the payer, whose tokens these are not",
  },
  {
    cases: /^jobEscrow\.completePayment\(by the (coordinator|payer)\) authority rival node$/,
    expected: "jobEscrow.challengeWindowOpen",
    because: "the node may, but not yet",
  },
  {
    cases:
      /^jobEscrow\.executeDecision\(accepted by the loser\) (caller (rival|stranger).*|escrow rival another payer's)$/,
    expected: "jobEscrow.windowOpen",
    because: "anybody else may, but not yet",
  },
  {
    cases:
      /^jobEscrow\.(approvePayment|cancelEscrow|cancelRunning|closeSlot|collectLeftover|extendEscrow|completePayment\(by the payer\)) escrow rival another payer's$/,
    expected: "jobEscrow.wrongSigner",
    because: "the payer has no right in another payer's escrow",
  },
  {
    cases:
      /^jobEscrow\.(appeal|openDispute\(by the payer\)|submitEvidence\(by the payer\)) escrow rival another payer's$/,
    expected: "jobEscrow.notParty",
    because: "the payer has no part in another payer's escrow",
  },
  {
    cases: /^jobEscrow\.revealProof escrow rival /,
    expected: "jobEscrow.commitmentMismatch",
    because: "what was committed to is for one escrow only",
  },
  {
    cases: /^jobEscrow\.reportFault.* escrow rival another payer's$/,
    expected: "jobEscrow.wrongPayerToken",
    because: "the other escrow was paid from another account",
  },
  {
    cases: /^jobEscrow\..* escrow rival /,
    expected: "jobEscrow.wrongVault",
    because: "the vault is another escrow's",
  },
  {
    cases: /^jobEscrow\.initializePlatform mint (copy|wrongMint)$/,
    expected: "jobEscrow.wrongTreasury",
    because: "any mint will do, but these are token accounts of another",
  },
  {
    cases: /^jobEscrow\.reportFault.* insurance /,
    expected: "nodeRegistry.wrongInsurance",
    because: "the registry knows its insurance",
  },
  {
    cases: /^jobEscrow\.reportFault.* mint (duplicate|copy|lookAlike|wrongMint)/,
    expected: "nodeRegistry.wrongMint",
    because: "the registry knows its mint",
  },
  {
    cases: /^jobEscrow\.appeal loserToken (?!notWritable)/,
    expected: [
      "custom 1",
      "custom 3",
      "custom 4",
      "InvalidAccountData",
      "UninitializedAccount",
      "ExternalAccountDataModified",
    ],
    because: "the token program sees to it that the loser pays",
  },
];

/** What succeeds, and should. */
export const ESCROW_EXEMPTIONS: readonly Exemption[] = [
  {
    cases: /^jobEscrow\.resolveDispute\(at first\) (vault|nodeToken|payerToken|tokenProgram) /,
    because: "a first decision pays nothing",
  },
  {
    cases: /^jobEscrow\.(executeDecision\(for the payer\)|resolveDispute\(reversed\)) nodeToken /,
    because: "the node gets nothing",
  },
  {
    cases: /^jobEscrow\.closeSlot payerToken /,
    because: "nothing was left in the vault",
  },
  {
    cases:
      /^jobEscrow\.(approvePayment|completePayment.*|executeDecision\((for the node|accepted by the loser)\)|resolveDispute\(upheld\)) payerToken notWritable$/,
    because: "the payer gets nothing",
  },
  {
    cases: /^jobEscrow\.(executeDecision\(for the payer\)|resolveDispute\((at first|reversed)\)) treasury notWritable$/,
    because: "the treasury gets nothing",
  },
  {
    cases:
      /^jobEscrow\.(approvePayment|cancelRunning|completePayment.*|executeDecision.*|refundEscrow|reportFault.*|resolveDispute.*|timeoutRefund\(by a stranger\)) payerToken (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed|wrongMint in place|wrongAuthority)$/,
    because: "a payer whose account cannot receive keeps nobody else from anything; its part stays in its vault",
  },
  {
    cases:
      /^jobEscrow\.(approvePayment|completePayment.*|executeDecision.*|resolveDispute.*) treasury (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed|wrongMint in place|wrongAuthority)$/,
    because: "a treasury that cannot receive keeps nobody from anything; its part falls to the payer",
  },
  {
    cases:
      /^jobEscrow\.reportFault.* insurance (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed|wrongMint in place|wrongAuthority)$/,
    because: "what the insurance cannot receive is burned, or nobody would hear of the fault",
  },
  { cases: /^jobEscrow\..* nodeToken copy$/, because: "any token account of the node's wallet will do" },
  {
    cases: /^jobEscrow\.(createEscrow.*|cancelEscrow|collectLeftover|timeoutRefund\(by the payer\)) payerToken copy$/,
    because: "a payer that signs may name any of its token accounts",
  },
  { cases: /^jobEscrow\.appeal loserToken copy$/, because: "the loser may pay from any of its token accounts" },
  {
    cases:
      /^jobEscrow\.(startEscrow|anchorRoot|commitProof|openDispute\(by the node\)|submitEvidence\(by the node\)|reportOutcome|resolveDispute\(at first\)) escrow rival /,
    because: "a valid instruction about that other escrow, where whoever signs has the same right",
  },
  {
    cases:
      /^jobEscrow\.(extendEscrow|openDispute\(by the payer\)|submitEvidence\(by the payer\)|reportFault.*) escrow rival another slot's$/,
    because: "a valid instruction about that other escrow of the same payer",
  },
  { cases: /^jobEscrow\.createEscrow.* node rival /, because: "the payer chooses its node" },
  {
    cases: /^jobEscrow\.createEscrow\(used slot\) (systemProgram .*|payer notWritable)$/,
    because: "nothing is made, so there is no rent to pay",
  },
  {
    cases: /^jobEscrow\.createEscrow\(used slot\) mint (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed)$/,
    because: "its address is compared, and nothing is read from it",
  },
  {
    cases: /^jobEscrow\.(createEscrow\(used slot\)|appeal) vault wrongAuthority$/,
    because: "tokens only come in; nobody can change whose the vault is",
  },
  {
    cases: /^jobEscrow\.closeSlot vault wrongMint in place$/,
    because: "it is empty; nobody can change what a vault is for",
  },
  { cases: /^jobEscrow\.(anchorRoot|commitProof|revealProof) authority rival node$/, because: "it may be the node" },
  { cases: /^jobEscrow\.cancelRunning authority rival coordinator$/, because: "it may be the coordinator" },
  {
    cases: /^jobEscrow\.completePayment\(by the coordinator\) authority rival payer$/,
    because: "the payer may at any time",
  },
  {
    cases: /^jobEscrow\.completePayment\(by the payer\) authority rival coordinator$/,
    because: "these terms let the coordinator release at once",
  },
  {
    cases: /^jobEscrow\.completePayment\(by the node\) authority rival (coordinator|payer)$/,
    because: "once the window has passed, all three may",
  },
  {
    cases:
      /^jobEscrow\.(executeDecision\((for the node|for the payer|appealed and never decided)\)|timeoutRefund.*) caller (rival .*|stranger)$/,
    because: "when it is time, anybody may",
  },
  {
    cases: /^jobEscrow\.(openDispute|submitEvidence)\(by the (payer|node)\) party rival (payer|node)$/,
    because: "the other party may as well",
  },
  { cases: /^jobEscrow\.migrate.* payer (rival .*|stranger)$/, because: "anybody may pay for it" },
  {
    cases: /^jobEscrow\.migrate\(the platform\) (systemProgram .*|payer notWritable)$/,
    because: "the platform's account does not grow, so there is no rent to pay",
  },
  {
    cases: /^jobEscrow\.initializePlatform admin (stranger|duplicate deployer)$/,
    because: "the deployer names any admin",
  },
  { cases: /^jobEscrow\.initializePlatform programData wrongSize /, because: "programs are of any size" },
  {
    cases:
      /^jobEscrow\.(initializePlatform|setPlatformAuthorities) (treasury|insurance) (copy|rival .*|wrongAuthority|duplicate (treasury|insurance))$/,
    because: "whoever rules the platform names any token account of its mint",
  },
];
