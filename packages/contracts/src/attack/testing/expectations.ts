import { ESCROW_EXEMPTIONS, ESCROW_PARTICULARS, ESCROW_ROLES } from "./escrow-expectations.ts";
import { ERROR_NAMES } from "./idl.ts";
import type { Case } from "./matrix.ts";
import { REGISTRY_EXEMPTIONS, REGISTRY_PARTICULARS, REGISTRY_ROLES } from "./registry-expectations.ts";
import { REPUTATION_EXEMPTIONS, REPUTATION_PARTICULARS, REPUTATION_ROLES } from "./reputation-expectations.ts";
import type { Verdict } from "./verdict.ts";

/** By the name of an account: the error that answers to a wrong one. */
export type Roles = Readonly<Record<string, Verdict>>;

/** Cases for which another answer is right, and why. */
export interface Particular {
  readonly cases: RegExp;
  /** Any of them. */
  readonly expected: Verdict | readonly Verdict[];
  readonly because: string;
}

/** Cases that rightly succeed, and why. */
export interface Exemption {
  readonly cases: RegExp;
  readonly because: string;
}

/** How the token program refuses an account that is not what it should be. */
const TOKEN_PROGRAM = [
  ...["custom 1", "custom 2", "custom 3", "custom 4", "IncorrectProgramId", "InvalidAccountData"],
  ...["UninitializedAccount", "ExternalAccountDataModified"],
];

/** True of every program. */
const COMMON: readonly Particular[] = [
  {
    cases: / payer notWritable$| deployer notWritable$/,
    expected: "PrivilegeEscalation",
    because: "the system program takes the rent, and the runtime keeps it from what is read-only",
  },
  {
    cases: / deployer duplicate (?!admin)/,
    expected: ["jobEscrow.wrongSigner", "nodeRegistry.wrongSigner", "reputationManager.wrongSigner"],
    because: "only wallets sign",
  },
  {
    cases: / systemProgram /,
    expected: "MissingAccount",
    because: "its address is fixed in the calls; the runtime misses it",
  },
];

const roles: Readonly<Record<string, Roles>> = {
  jobEscrow: ESCROW_ROLES,
  nodeRegistry: REGISTRY_ROLES,
  reputationManager: REPUTATION_ROLES,
};
const particulars = [...ESCROW_PARTICULARS, ...REGISTRY_PARTICULARS, ...REPUTATION_PARTICULARS, ...COMMON];
const exemptions = [...ESCROW_EXEMPTIONS, ...REGISTRY_EXEMPTIONS, ...REPUTATION_EXEMPTIONS];

/** E.g. `jobEscrow.createEscrow(used slot) escrow rival another payer's`. */
export function nameOf({
  instruction,
  variant,
  slot,
  substitution,
  detail,
}: Omit<Case, "verdict" | "changed">): string {
  return [variant ? `${instruction}(${variant})` : instruction, slot, substitution, detail].join(" ").trim();
}

/** What a case must come to: any of these. */
export function expectedOf(tried: Omit<Case, "verdict" | "changed">): readonly Verdict[] {
  const name = nameOf(tried);
  if (exemptions.some(({ cases }) => cases.test(name))) return ["ok"];
  const particular = particulars.find(({ cases }) => cases.test(name));
  if (particular) return [particular.expected].flat();
  const [program = ""] = tried.instruction.split(".");
  if (tried.substitution === "notSigner") return [`${program}.wrongSigner`];
  if (tried.substitution === "notWritable") return [`${program}.notWritable`];
  if (tried.substitution === "taken") return [`${program}.alreadyExists`];
  const role = roles[program]?.[tried.slot] ?? `no role for ${program} ${tried.slot}`;
  if (/ duplicate (program|systemProgram)$/.test(name)) return [role, `${program}.notWritable`];
  // The right address, where the token program alone could have changed something: it may be the one to refuse.
  return isPinned.test(name) ? [role, ...TOKEN_PROGRAM] : [role];
}

/** Did the case come to something else, or was it refused and yet changed something? */
export function isWrong(tried: Case): boolean {
  return !expectedOf(tried).includes(tried.verdict) || (tried.changed && tried.verdict !== "ok");
}

const isPinned =
  / (vault|stakeVault|rewardsVault|mint) (wrongOwner|wrongDiscriminator|wrongSize .*|zeroed|closed|wrongMint in place|wrongAuthority)$/;

/** Rows of the tables that no case matches, and errors in them that no program has. */
export function staleExpectations(cases: readonly Case[]): string[] {
  const names = cases.map(nameOf);
  const unused = [...particulars, ...exemptions].filter((row) => !names.some((name) => row.cases.test(name)));
  const verdicts = [...particulars.flatMap(({ expected }) => expected), ...Object.values(roles).flatMap(Object.values)];
  const unknown = verdicts.filter((verdict: Verdict) => verdict.includes(".") && !ERROR_NAMES.has(verdict));
  return [...unused.map((row) => `${row.cases}`), ...unknown];
}
