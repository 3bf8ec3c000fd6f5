import { getMintEncoder, getTokenEncoder } from "@solana-program/token";
import { DEFAULT_PLATFORM_PARAMETERS, DEFAULT_REGISTRY_PARAMETERS } from "../economy.ts";
import type { Calls } from "./calls.ts";
import { ALIEN_ACCOUNTS, type Cast, ESCROWS, NODES, TOKEN_ACCOUNTS } from "./cast.ts";
import type { Machine } from "./machine.ts";
import type { Call, Value } from "./model/case.ts";
import { type Escrow, type Model, type Node, State, Status, type Token } from "./model/state.ts";
import { encodeData } from "./wire.ts";

const CYXWIZ = 1_000_000_000n;
const NOW = 1_800_000_000n;
const SLOT = 100n;
/** Where the programs write these; the fuzzer changes them behind their backs, once, before it begins. */
const TIER_OFFSET = 5;
const DIAMOND = 3;

/** Who has how much to begin with; others have nothing. */
const PURSES: Readonly<Record<string, bigint>> = {
  "payer0.token": 1_000n * CYXWIZ,
  "payer1.token": 700n * CYXWIZ + 7n,
  "payer0.spare": 30n * CYXWIZ,
  "payer1.spare": 1n,
  "node0.token": 5_400n * CYXWIZ,
  "node1.token": 900n * CYXWIZ + 1n,
  "node2.token": 310n * CYXWIZ,
  "stranger.token": 50n * CYXWIZ,
  "coordinator.token": 5n,
  "admin.token": 200n * CYXWIZ,
};
const STAKES = { node0: 5_000n * CYXWIZ, node1: 720n * CYXWIZ + 3n };
const REWARDS = 100n * CYXWIZ;

/** Everything that was ever minted. */
export const MINTED = Object.values(PURSES).reduce((sum, amount) => sum + amount, 0n);

/** The bytes of a token account. */
export function tokenBytes(cast: Cast, owner: string, mint: string, amount: bigint): Uint8Array {
  return new Uint8Array(
    getTokenEncoder().encode({
      mint: cast.address(mint),
      owner: cast.address(owner),
      amount,
      delegate: null,
      state: 1,
      isNative: null,
      delegatedAmount: 0n,
      closeAuthority: null,
    }),
  );
}

function makeTokens(machine: Machine): void {
  const { cast } = machine;
  const mint = (supply: bigint) =>
    new Uint8Array(
      getMintEncoder().encode({
        mintAuthority: cast.address("admin"),
        supply,
        decimals: 9,
        isInitialized: true,
        freezeAuthority: null,
      }),
    );
  machine.make("mint", "tokenProgram", mint(MINTED));
  machine.make("alien", "tokenProgram", mint(2n * CYXWIZ));
  for (const [name, owner] of Object.entries(TOKEN_ACCOUNTS)) {
    machine.make(name, "tokenProgram", tokenBytes(cast, owner, "mint", PURSES[name] ?? 0n));
  }
  for (const [name, owner] of Object.entries(ALIEN_ACCOUNTS)) {
    machine.make(name, "tokenProgram", tokenBytes(cast, owner, "alien", CYXWIZ));
  }
}

/** Accounts with the right bytes of the wrong program: what a thief would like to be taken for ours. */
function makeForgeries(machine: Machine): void {
  for (const [forgery, original] of [
    ["fake.platform", "platform"],
    ["fake.registry", "registry"],
    ["fake.node", "node0.account"],
  ] as const) {
    const data = new Uint8Array(machine.account(original)?.data() ?? []);
    const text = Buffer.from(data);
    for (const authority of ["admin", "coordinator", "arbiter"]) {
      const at = text.indexOf(machine.cast.bytes(authority));
      if (at >= 0) data.set(machine.cast.bytes("stranger"), at);
    }
    machine.make(forgery, "stranger", data);
  }
}

/** Sets the programs up by their own instructions, two nodes with stakes, and the model to match. */
export function begin(machine: Machine, calls: Calls): Model {
  const { cast } = machine;
  const send = (call: Pick<Call, "program" | "name" | "accounts"> & { args: Record<string, Value> }) => {
    const { accounts, signers, writable } = calls.withRights(call);
    const spec = calls.spec(call);
    const refusal = machine.run({
      program: `${call.program}Program`,
      accounts: spec.accounts.map(({ name }) => accounts[name] as string),
      signers,
      writable,
      data: encodeData(spec, call.args, cast),
    });
    if (refusal !== undefined) throw new Error(`${call.name}: ${refusal}\n${machine.lastLogs.join("\n")}`);
  };
  machine.setTime(NOW, SLOT);
  for (const wallet of [
    "fees",
    "payer0",
    "payer1",
    "node0",
    "node1",
    "node2",
    "admin",
    "stranger",
    "coordinator",
    "arbiter",
  ]) {
    machine.make(wallet, "systemProgram", new Uint8Array());
  }
  makeTokens(machine);
  const office = {
    deployer: "admin",
    admin: "admin",
    mint: "mint",
    insurance: "insurance",
    systemProgram: "systemProgram",
  };
  const authorities = { coordinator: "coordinator", arbiter: "arbiter", reputationProgram: "stranger" };
  send({
    program: "registry",
    name: "initializeRegistry",
    accounts: { ...office, registry: "registry", program: "registryProgram", programData: "registryProgram.data" },
    args: { ...DEFAULT_REGISTRY_PARAMETERS, ...authorities, escrowProgram: "escrowProgram" },
  });
  send({
    program: "escrow",
    name: "initializePlatform",
    accounts: {
      ...office,
      platform: "platform",
      treasury: "treasury",
      program: "escrowProgram",
      programData: "escrowProgram.data",
    },
    args: { ...DEFAULT_PLATFORM_PARAMETERS, ...authorities, registryProgram: "registryProgram" },
  });
  const programs = { tokenProgram: "tokenProgram", systemProgram: "systemProgram", mint: "mint", registry: "registry" };
  send({
    program: "registry",
    name: "openRewards",
    accounts: { payer: "admin", rewardsVault: "rewards", ...programs },
    args: {},
  });
  machine.make("rewards", "tokenProgram", tokenBytes(cast, "registry", "mint", REWARDS));
  machine.make("admin.token", "tokenProgram", tokenBytes(cast, "admin", "mint", PURSES["admin.token"]! - REWARDS));
  for (const [wallet, amount] of Object.entries(STAKES)) {
    const own = {
      wallet,
      payer: wallet,
      node: `${wallet}.account`,
      stakeVault: `${wallet}.stake`,
      walletToken: `${wallet}.token`,
    };
    const about = { identity: wallet, fingerprint: "certificate", capabilitiesHash: "hardware" };
    send({ program: "registry", name: "register", accounts: { ...own, ...programs }, args: about });
    send({ program: "registry", name: "stake", accounts: { ...own, ...programs }, args: { amount } });
  }
  const diamond = new Uint8Array(machine.account("node0.account")?.data() ?? []);
  diamond[TIER_OFFSET] = DIAMOND;
  machine.make("node0.account", "registryProgram", diamond);
  makeForgeries(machine);
  machine.snapshot();
  return firstModel();
}

function firstModel(): Model {
  const tokens = Object.entries(TOKEN_ACCOUNTS).map(
    ([name, owner]) => [name, { owner, mint: "mint", amount: PURSES[name] ?? 0n, open: true }] as const,
  );
  const aliens = Object.entries(ALIEN_ACCOUNTS).map(
    ([name, owner]) => [name, { owner, mint: "alien", amount: CYXWIZ, open: true }] as const,
  );
  const model: Model = {
    now: NOW,
    slot: SLOT,
    platform: { ...settingsOf(DEFAULT_PLATFORM_PARAMETERS), ...OFFICERS, paused: 0, treasury: "treasury" },
    registry: {
      ...DEFAULT_REGISTRY_PARAMETERS,
      ...OFFICERS,
      paused: 0,
      insurance: "insurance",
      escrowProgram: "escrowProgram",
      reputationProgram: "stranger",
    },
    escrows: new Map(ESCROWS.map(({ name, payer, slot }) => [name, emptyEscrow(name, payer, slot)])),
    nodes: new Map(NODES.map((wallet) => [`${wallet}.account`, emptyNode(wallet)])),
    tokens: new Map<string, Token>([...tokens, ...aliens]),
    burned: 0n,
  };
  for (const [wallet, amount] of Object.entries(STAKES)) {
    const node = model.nodes.get(`${wallet}.account`) as Node;
    const lockUntil = NOW + model.registry.lockSeconds;
    Object.assign(node, { exists: true, status: Status.Active, registeredAt: NOW, lockUntil, yieldClaimedAt: NOW });
    node.staked = amount;
    node.tier = wallet === "node0" ? DIAMOND : 0;
    model.tokens.set(node.stakeVault, { owner: node.name, mint: "mint", amount, open: true });
    model.tokens.get(`${wallet}.token`)!.amount -= amount;
  }
  model.tokens.get("admin.token")!.amount -= REWARDS;
  model.tokens.set("rewards", { owner: "registry", mint: "mint", amount: REWARDS, open: true });
  return model;
}

const OFFICERS = { admin: "admin", pendingAdmin: "", coordinator: "coordinator", arbiter: "arbiter" };

function settingsOf({ stakeBounds: _, stakeMinimums: __, ...settings }: typeof DEFAULT_PLATFORM_PARAMETERS) {
  return settings;
}

function emptyEscrow(name: string, payer: string, slot: number): Escrow {
  const zeros = {
    ...{ createdAt: 0n, deadline: 0n, startedAt: 0n, anchoredAt: 0n, settledAt: 0n, committedSlot: 0n, nonce: 0n },
    ...{ challengeWindowSeconds: 0n, evidenceWindowSeconds: 0n, arbitrationWindowSeconds: 0n, appealWindowSeconds: 0n },
    ...{ evidenceUntil: 0n, appealUntil: 0n, decisionUntil: 0n, amount: 0n, deposit: 0n, appealDeposit: 0n },
    ...{ outcome: 0, flags: 0, proofCount: 0, feeBps: 0, cancelFeeBps: 0, leafCount: 0, checkpoints: 0 },
    ...{ appealCount: 0, decision: 0, fault: 0, reported: 0 },
    ...{ payerToken: "", node: "", termsHash: "", root: "", resultHash: "", proofCommitment: "" },
    ...{ payerEvidence: "", nodeEvidence: "", disputedBy: "" },
  };
  return { name, vault: `${name}.vault`, payer, slot, exists: false, state: State.Empty, ...zeros };
}

function emptyNode(wallet: string): Node {
  const times = {
    ...{ registeredAt: 0n, lockUntil: 0n, withdrawalRequestedAt: 0n, withdrawableAt: 0n },
    suspendedUntil: 0n,
  };
  const slashes = { slashedTotal: 0n, lastSlashedAt: 0n, slashEvidence: "", slashEscrow: "", slashNonce: 0n };
  const stakes = { staked: 0n, withdrawing: 0n, rewards: 0n, yieldClaimedAt: 0n };
  const names = { name: `${wallet}.account`, wallet, stakeVault: `${wallet}.stake` };
  return { ...names, ...times, ...slashes, ...stakes, exists: false, status: Status.Empty, tier: 0, runningJobs: 0 };
}
