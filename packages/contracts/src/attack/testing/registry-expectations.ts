import type { Exemption, Particular, Roles } from "./expectations.ts";

/** What node-registry says to a wrong account, by the account's name. */
export const REGISTRY_ROLES: Roles = {
  deployer: "nodeRegistry.notDeployer",
  admin: "nodeRegistry.wrongSigner",
  newAdmin: "nodeRegistry.wrongSigner",
  arbiter: "nodeRegistry.wrongSigner",
  authority: "nodeRegistry.wrongSigner",
  payer: "nodeRegistry.wrongSigner",
  wallet: "nodeRegistry.wrongNode",
  registry: "nodeRegistry.wrongRegistry",
  node: "nodeRegistry.wrongNode",
  stakeVault: "nodeRegistry.wrongStakeVault",
  rewardsVault: "nodeRegistry.wrongRewardsVault",
  walletToken: "nodeRegistry.wrongTokenAccount",
  insurance: "nodeRegistry.wrongInsurance",
  mint: "nodeRegistry.wrongMint",
  page: "nodeRegistry.wrongPage",
  program: "nodeRegistry.notDeployer",
  programData: "nodeRegistry.notDeployer",
  tokenProgram: "nodeRegistry.wrongTokenProgram",
  systemProgram: "MissingAccount",
};

/** Where another answer is right. The first row that a case matches counts. */
export const REGISTRY_PARTICULARS: readonly Particular[] = [
  {
    cases: /^nodeRegistry\..* wallet duplicate (?!payer)/,
    expected: "nodeRegistry.wrongSigner",
    because: "only wallets sign",
  },
  {
    cases: /^nodeRegistry\.(stake|finishWithdrawal|claimRewards) wallet (stranger|rival .*)$/,
    expected: "nodeRegistry.wrongTokenAccount",
    because: "whoever signs is the wallet, whose tokens these are not",
  },
  {
    cases: /^nodeRegistry\.register stakeVault taken /,
    expected: "custom 0",
    because: "the system program does not make an account twice",
  },
  {
    cases: /^nodeRegistry\.initializeRegistry mint (copy|wrongMint)$/,
    expected: "nodeRegistry.wrongTokenAccount",
    because: "any mint will do, but this insurance is of another",
  },
  {
    cases: /^nodeRegistry\.slash.* node rival /,
    expected: "nodeRegistry.wrongStakeVault",
    because: "the stake is another node's",
  },
  {
    cases: /^nodeRegistry\.syncTier node rival /,
    expected: "nodeRegistry.wrongPage",
    because: "the entry is another node's",
  },
  {
    cases: /^nodeRegistry\.(initializeRegistry|setRegistryAuthorities) insurance /,
    expected: "nodeRegistry.wrongTokenAccount",
    because: "it is about to become the insurance",
  },
];

/** What succeeds, and should. */
export const REGISTRY_EXEMPTIONS: readonly Exemption[] = [
  {
    cases: /^nodeRegistry\.(openRewards|register) payer (rival .*|stranger|duplicate wallet)$/,
    because: "anybody may pay for it",
  },
  {
    cases: /^nodeRegistry\.(jobStarted|jobEnded|reinstate) node rival /,
    because: "a valid instruction about that other node: the escrow program names it, or anybody may",
  },
  {
    cases: /^nodeRegistry\.(jobStarted|jobEnded|slashForJob.*) authority (wrongSize .*|wrongVersion)$/,
    because: "the escrow program's account may grow with its versions; only that program can sign for it",
  },
  {
    cases:
      /^nodeRegistry\.slash.* insurance (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed|wrongMint in place|wrongAuthority)$/,
    because: "what the insurance cannot receive is burned, or nobody could be slashed",
  },
  {
    cases: /^nodeRegistry\.slashForJob.* payerToken (?!notWritable)/,
    because: "the escrow program has compared it; what it cannot receive goes to the insurance",
  },
  {
    cases: /^nodeRegistry\.(stake|finishWithdrawal|claimRewards) walletToken copy$/,
    because: "any token account of the node's wallet will do",
  },
  {
    cases: /^nodeRegistry\.stake stakeVault wrongAuthority$/,
    because: "tokens only come in; nobody can change whose the vault is",
  },
  {
    cases: /^nodeRegistry\.initializeRegistry admin (stranger|duplicate deployer)$/,
    because: "the deployer names any admin",
  },
  { cases: /^nodeRegistry\.initializeRegistry programData wrongSize /, because: "programs are of any size" },
  {
    cases: /^nodeRegistry\.(initializeRegistry|setRegistryAuthorities) insurance (copy|rival .*|wrongAuthority)$/,
    because: "whoever rules the registry names any token account of its mint",
  },
];
