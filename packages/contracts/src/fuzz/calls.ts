import type { Cast } from "./cast.ts";
import type { Idl, InstructionSpec } from "./idl.ts";
import { PLATFORM_TERMS, REGISTRY_TERMS } from "./model/administration.ts";
import type { Call, Value } from "./model/case.ts";
import { loser } from "./model/escrow-parts.ts";
import { commitmentLabel, tree, treeWithRoot } from "./model/hashes.ts";
import { Decision, type Escrow, Fault, type Model, type Node, openToken, Status, type Token } from "./model/state.ts";

/** Free choices of an instruction: small numbers that an argument or actor is picked by. */
export interface Choices {
  readonly who: number;
  readonly what: number;
  readonly amount: bigint;
}

/** What an instruction is about. */
export interface Target {
  readonly escrow: Escrow;
  readonly node: Node;
}

const CYXWIZ = 1_000_000_000n;

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

/** A token account of the wallet that is open, if there is one. */
function tokenOf(model: Model, wallet: string): string {
  const own = (name: string) => openToken(model, name)?.owner === wallet;
  return own(`${wallet}.token`) || !own(`${wallet}.spare`) ? `${wallet}.token` : `${wallet}.spare`;
}

/** The right account for a role, as far as there is one. */
function accountFor(role: string, call: string, model: Model, { escrow, node }: Target, { who }: Choices): string {
  const { platform, registry } = model;
  const worker = escrow.node === "" ? node.wallet : escrow.node;
  const losing = loser(escrow) || worker;
  switch (role) {
    case "payer":
      return escrow.payer;
    case "payerToken":
      return call === "createEscrow" || escrow.payerToken === "" ? tokenOf(model, escrow.payer) : escrow.payerToken;
    case "node":
      return call === "startEscrow" ? worker : call === "createEscrow" ? hired(model, node).name : node.name;
    case "nodeAccount":
      return `${worker}.account`;
    case "nodeToken":
      return tokenOf(model, worker);
    case "escrow":
      return escrow.name;
    case "vault":
      return escrow.vault;
    case "treasury":
      return platform.treasury;
    case "insurance":
      return registry.insurance;
    case "coordinator":
    case "arbiter":
    case "admin":
      return (call.includes("Registry") || call === "slash" ? registry : platform)[role] || "stranger";
    case "newAdmin":
      return (call === "acceptRegistryAdmin" ? registry : platform).pendingAdmin || "stranger";
    case "wallet":
      return node.wallet;
    case "walletToken":
      return tokenOf(model, node.wallet);
    case "stakeVault":
      return call === "reportFault" ? `${worker}.stake` : node.stakeVault;
    case "rewardsVault":
      return "rewards";
    case "caller":
      return pick(["stranger", losing, escrow.payer, worker], who);
    case "party":
      return pick([escrow.payer, worker], who);
    case "loser":
      return losing;
    case "loserToken":
      return tokenOf(model, losing);
    case "authority":
      return pick(authorities(call, escrow, worker, platform.coordinator), who);
    default:
      // "platform", "registry", "mint", the programs: called by their role.
      return role;
  }
}

function authorities(call: string, escrow: Escrow, worker: string, coordinator: string): string[] {
  if (call === "completePayment") return [coordinator, worker, escrow.payer];
  if (call === "cancelRunning") return [escrow.payer, coordinator];
  // Only the escrow program can sign as the platform.
  if (call === "jobStarted" || call === "jobEnded" || call === "slashForJob") return ["platform", coordinator];
  return [worker, coordinator];
}

const LONGEST_JOB = 5;

/** This node or, if it cannot work, one that can. */
function hired(model: Model, node: Node): Node {
  const works = ({ status, staked }: Node) => status === Status.Active && staked >= 50n * CYXWIZ;
  return works(node) ? node : ([...model.nodes.values()].find(works) ?? node);
}

const REGISTRY_CHOICES: readonly Readonly<Record<string, Value>>[] = [
  {},
  { slashTimeoutBps: 10_000, slashInvalidProofBps: 1, insuranceBps: 0 },
  { slashDisputeBps: 10_000, disputePayerBps: 10_000, insuranceBps: 10_000 },
  { lockSeconds: 0n, jobLockSeconds: 0n, withdrawalSeconds: 0n, suspensionSeconds: 0n },
  { withdrawalSeconds: 60n * 86_400n },
  { failureWindowSeconds: 0n, yieldAfterSeconds: 0n, yieldBps: 10_000 },
  { yieldBps: 10_001 },
];

/** An amount that the node's stake and the payer's account allow, if possible the one that was meant. */
function within(amount: bigint, { staked }: Node, token: Token | undefined): bigint {
  const most = MOST.find(([stake]) => staked >= stake)?.[1] ?? amount;
  const there = token?.amount ?? 0n;
  const allowed = most < there ? most : there;
  return amount > 0n && amount <= allowed ? amount : allowed > 0n ? 1n + (amount % allowed) : amount;
}

/** The largest job for a stake. */
const MOST: readonly (readonly [stake: bigint, amount: bigint])[] = [
  [5_000n * CYXWIZ, 2n ** 63n],
  [1_000n * CYXWIZ, 200n * CYXWIZ - 1n],
  [200n * CYXWIZ, 50n * CYXWIZ - 1n],
  [50n * CYXWIZ, 10n * CYXWIZ - 1n],
];

/** The tree that the proof now on its way or in place is of; one in four is another one than was committed. */
function proofOf(escrow: Escrow, what: number) {
  const leaves = Math.min(escrow.checkpoints + 1, Math.max(2, escrow.leafCount + 1 + (what % 2)));
  return tree(`${escrow.name}#${escrow.nonce}.proof${escrow.proofCount}`, leaves);
}

const STAKES = {
  stakeBounds: [10n * CYXWIZ, 50n * CYXWIZ, 200n * CYXWIZ],
  stakeMinimums: [50n * CYXWIZ, 200n * CYXWIZ, 1_000n * CYXWIZ, 5_000n * CYXWIZ],
};
/** Other parameters than the usual ones, the last of them refused. */
const TERMS: readonly Readonly<Record<string, Value>>[] = [
  {},
  { feeBps: 3_333, diamondFeeBps: 1, cancelFeeBps: 0 },
  { feeBps: 0, diamondFeeBps: 0, cancelFeeBps: 10_000 },
  { challengeWindowSeconds: 0n, evidenceWindowSeconds: 0n, appealDeposit: 0n },
  { challengeWindowSeconds: 600n, appealWindowSeconds: 0n, arbitrationWindowSeconds: 0n },
  { feeBps: 10_001 },
];

const commitments = new Map<string, { leaves: number; root: string; result: string }>();

function argumentsOf(
  name: string,
  model: Model,
  { escrow, node }: Target,
  choices: Choices,
  cast: Cast,
): Record<string, Value> {
  const { what, amount } = choices;
  const { nonce } = escrow;
  const evidence = `evidence${what % 7}`;
  switch (name) {
    case "createEscrow": {
      const longest = model.platform.timeoutSeconds;
      const affordable =
        what % 6 === 0 ? amount : within(amount, hired(model, node), openToken(model, tokenOf(model, escrow.payer)));
      return {
        slot: escrow.slot,
        nonce: escrow.exists ? nonce + 1n : model.now + BigInt((what % 21) - 10) * 60n,
        jobId: "job",
        amount: affordable,
        termsHash: "terms",
        deadline: model.now + pick([longest, longest, longest, 3_600n, 86_400n, longest, 60n], what),
        checkpoints: 1 + (what % LONGEST_JOB),
        flags: what % 2,
      };
    }
    case "anchorRoot":
      return { nonce, root: `anchor${what % 9}`, leafCount: escrow.leafCount + 1 + (what % 7 === 0 ? 1 : 0) };
    case "commitProof": {
      const { root, leaves, result } = proofOf({ ...escrow, proofCount: escrow.proofCount + 1 }, what);
      const commitment = commitmentLabel({ escrow: escrow.name, nonce, leaves, root, result }, (of) => cast.bytes(of));
      commitments.set(commitment, { leaves, root, result });
      return { nonce, commitment };
    }
    case "revealProof": {
      const committed = commitments.get(escrow.proofCommitment);
      const { root, leaves, result } = committed !== undefined && what % 8 > 0 ? committed : proofOf(escrow, what);
      return { nonce, root, leafCount: leaves, resultHash: result };
    }
    case "completePayment": {
      const { checkpoint, siblings } = treeWithRoot(escrow.root) ?? proofOf(escrow, what);
      return { nonce, checkpointHash: checkpoint, siblings };
    }
    case "refundEscrow":
      return {
        nonce,
        fault: pick([Fault.None, escrow.startedAt > 0n ? Fault.Failed : Fault.None, Fault.InvalidProof], what),
      };
    case "cancelRunning":
      return { nonce, leafCount: escrow.leafCount };
    case "extendEscrow":
      return { nonce, deadline: pick([model.now + model.platform.timeoutSeconds, escrow.deadline + 1n], what) };
    case "openDispute":
    case "submitEvidence":
    case "appeal":
      return { nonce, evidence };
    case "resolveDispute":
      return { nonce, decision: pick([Decision.ForPayer, Decision.ForNode], what) };
    case "stake":
      return { amount };
    case "requestWithdrawal":
      return { amount: pick([node.staked, node.staked / 2n, amount], what) };
    case "slash":
      return { reason: 1 + (what % 3), evidence };
    case "slashForJob":
      return { reason: 1 + (what % 3), escrow: escrow.name, nonce, evidence };
    case "setPaused":
    case "setRegistryPaused":
      return { paused: what % 4 === 0 ? 1 : 0 };
    case "proposePlatformAdmin":
    case "proposeRegistryAdmin":
      return { newAdmin: pick(["stranger", "admin", ""], what) };
    case "updatePlatform":
      return {
        ...STAKES,
        ...Object.fromEntries(PLATFORM_TERMS.map((term) => [term, model.platform[term]])),
        ...pick(TERMS, what),
      };
    case "updateRegistry": {
      const terms = [...REGISTRY_TERMS.shares, ...REGISTRY_TERMS.times];
      return {
        ...Object.fromEntries(terms.map((term) => [term, model.registry[term]])),
        ...pick(REGISTRY_CHOICES, what),
      };
    }
    case "setRegistryAuthorities": {
      const { coordinator, escrowProgram, reputationProgram } = model.registry;
      return { coordinator, arbiter: "arbiter", escrowProgram, reputationProgram };
    }
    case "openRewards":
      return {};
    case "setPlatformAuthorities":
      return { coordinator: pick(["coordinator", "coordinator", ""], what), arbiter: "arbiter" };
    case "register":
    case "updateNode":
      return { identity: node.wallet, fingerprint: "certificate", capabilitiesHash: "hardware" };
    case "closeSlot":
      return {};
    default:
      return { nonce };
  }
}

/** Without program addresses and programs: there is no key to sign with for them. */
function withKeys(names: Set<string>): Set<string> {
  return new Set(
    [...names].filter(
      (name) => !/^(platform|registry|rewards|reputation|page)$|\/|Program|^node\d\.(account|stake)$/.test(name),
    ),
  );
}

/** Without what the runtime itself makes read-only: programs. */
function changeable(names: Set<string>): Set<string> {
  for (const program of ["systemProgram", "escrowProgram", "registryProgram", "tokenProgram"]) names.delete(program);
  return names;
}

/** Builds calls from an instruction's name. */
export class Calls {
  readonly #programs: Readonly<Record<Call["program"], Idl>>;
  readonly #cast: Cast;

  constructor(programs: Readonly<Record<Call["program"], Idl>>, cast: Cast) {
    this.#programs = programs;
    this.#cast = cast;
  }

  spec(call: Pick<Call, "program" | "name">): InstructionSpec {
    const spec = this.#programs[call.program].instructions.get(call.name);
    if (spec === undefined) throw new Error(`${call.program} has no instruction ${call.name}`);
    return spec;
  }

  /** The call that somebody who means well would make. */
  honest(program: Call["program"], name: string, model: Model, target: Target, choices: Choices): Call {
    const { accounts } = this.spec({ program, name });
    const filled = Object.fromEntries(
      accounts.map((role) => [role.name, accountFor(role.name, name, model, target, choices)]),
    );
    return this.withRights({
      program,
      name,
      accounts: filled,
      args: argumentsOf(name, model, target, choices, this.#cast),
    });
  }

  /** Adds who signs and what may change, as the IDL has it; `without` leaves out one role's right. */
  withRights(
    call: Pick<Call, "program" | "name" | "accounts" | "args">,
    without: { readonly signature?: string; readonly change?: string } = {},
  ): Call {
    const { accounts } = this.spec(call);
    const named = (roles: typeof accounts) => new Set(roles.map(({ name }) => call.accounts[name] as string));
    return {
      ...call,
      signers: withKeys(named(accounts.filter(({ name, signer }) => signer && name !== without.signature))),
      writable: changeable(named(accounts.filter(({ name, writable }) => writable && name !== without.change))),
    };
  }
}
