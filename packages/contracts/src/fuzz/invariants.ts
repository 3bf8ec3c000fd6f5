import type { Call } from "./model/case.ts";
import { type Escrow, Fault, type Model, type Node, State, share } from "./model/state.ts";

const LIVE: readonly State[] = [
  State.Created,
  State.Running,
  State.Committed,
  State.Proven,
  State.Disputed,
  State.Resolved,
  State.Appealed,
];

/**
 * What must hold whatever the rules say: no unit is lost or made, vaults hold what their accounts say, and nobody gets
 * more of a job than the economy's table allows. Written from that table, not from the rules.
 */
export class Ledger {
  readonly #minted: bigint;
  /** In a vault beyond what its account speaks of: gifts, and what the payer could not take. */
  readonly #extra = new Map<string, bigint>();
  #before: Map<string, bigint>;
  #jobs: Map<string, Escrow>;
  #nodes: Map<string, Node>;

  constructor(model: Model, minted: bigint) {
    this.#minted = minted;
    this.#before = amounts(model);
    this.#jobs = copies(model.escrows);
    this.#nodes = copies(model.nodes);
  }

  donated(account: string, amount: bigint): void {
    if (/vault$|stake$/.test(account)) this.#extra.set(account, this.#extraIn(account) + amount);
  }

  /** Remembers what is now, as what was before the next call. */
  settled(model: Model): void {
    this.#before = amounts(model);
    this.#jobs = copies(model.escrows);
    this.#nodes = copies(model.nodes);
  }

  /** What is broken after a call that the chain took. */
  afterCall(model: Model, call: Call): string[] {
    const broken = call.program === "escrow" ? this.#payouts(model, call) : [];
    this.#keepExtra(model, call);
    broken.push(...this.always(model));
    this.settled(model);
    return broken;
  }

  always(model: Model): string[] {
    const broken: string[] = [];
    let total = model.burned;
    for (const { amount, open, mint } of model.tokens.values()) if (open && mint === "mint") total += amount;
    if (total !== this.#minted) broken.push(`${this.#minted} were minted, there are ${total}`);
    for (const { vault, state, exists, amount, deposit } of model.escrows.values()) {
      const there = model.tokens.get(vault)?.amount ?? 0n;
      const due = (exists && LIVE.includes(state) ? amount + deposit : 0n) + this.#extraIn(vault);
      if (there !== due) broken.push(`${vault} holds ${there}, should hold ${due}`);
    }
    for (const { stakeVault, staked, withdrawing } of model.nodes.values()) {
      const there = model.tokens.get(stakeVault)?.amount ?? 0n;
      const due = staked + withdrawing + this.#extraIn(stakeVault);
      if (there !== due) broken.push(`${stakeVault} holds ${there}, should hold ${due}`);
    }
    return broken;
  }

  #extraIn(vault: string): bigint {
    return this.#extra.get(vault) ?? 0n;
  }

  /** After a settlement, only what the payer could not take may remain; once it took that too, nothing. */
  #keepExtra(model: Model, call: Call): void {
    for (const { name, vault, state, exists } of model.escrows.values()) {
      const was = this.#jobs.get(name);
      const ended = was?.exists === true && LIVE.includes(was.state) && state === State.Settled;
      const collected = call.name === "collectLeftover" && call.accounts.escrow === name;
      if (collected) this.#extra.set(vault, 0n);
      else if (ended || !exists) this.#extra.set(vault, model.tokens.get(vault)?.amount ?? 0n);
    }
  }

  /** Who got what by this call, against the table of the economy. */
  #payouts(model: Model, call: Call): string[] {
    const was = this.#jobs.get(call.accounts.escrow ?? "");
    const now = model.escrows.get(call.accounts.escrow ?? "");
    if (was === undefined || now === undefined) return [];
    const got = { payer: 0n, node: 0n, treasury: 0n, insurance: 0n, other: 0n };
    const job = call.name === "createEscrow" ? now : was;
    for (const [name, { amount, owner }] of model.tokens) {
      const more = amount - (this.#before.get(name) ?? 0n);
      if (more <= 0n || name === job.vault) continue;
      if (name === model.registry.insurance && call.name === "reportFault") got.insurance += more;
      else if (name === model.platform.treasury) got.treasury += more;
      else if (owner === job.payer) got.payer += more;
      else if (owner === job.node) got.node += more;
      else got.other += more;
    }
    const most = this.#allowed(model, call, was);
    return Object.entries(got).flatMap(([who, amount]) =>
      amount > most[who as keyof typeof most]
        ? [`${who} got ${amount}, at most ${most[who as keyof typeof most]} is right`]
        : [],
    );
  }

  #allowed(model: Model, { name, accounts }: Call, job: Escrow) {
    const nothing = { payer: 0n, node: 0n, treasury: 0n, insurance: 0n, other: 0n };
    const extra = this.#extraIn(job.vault);
    const nodeShare = share(job.amount, 10_000 - job.feeBps);
    const fee = share(job.amount, job.feeBps);
    const paid = { ...nothing, payer: job.amount - nodeShare + extra, node: nodeShare, treasury: fee };
    switch (name) {
      case "cancelEscrow":
      case "refundEscrow":
      case "timeoutRefund":
        return { ...nothing, payer: job.amount + extra };
      case "completePayment":
      case "approvePayment":
        return paid;
      case "cancelRunning": {
        const done = (job.amount * BigInt(job.leafCount)) / BigInt(job.checkpoints);
        const toNode = done + share(job.amount - done, job.cancelFeeBps);
        return { ...nothing, payer: job.amount - toNode + extra, node: toNode };
      }
      case "resolveDispute":
      case "executeDecision": {
        const { deposit } = job;
        const rich = { payer: job.amount + extra + deposit, node: nodeShare + deposit, treasury: fee + deposit };
        return { ...nothing, ...rich };
      }
      case "closeSlot":
      case "collectLeftover":
        return { ...nothing, payer: extra };
      case "reportFault": {
        const node = this.#nodes.get(accounts.nodeAccount ?? "");
        const stake = (node?.staked ?? 0n) + (node?.withdrawing ?? 0n);
        const { slashDisputeBps, slashTimeoutBps, slashInvalidProofBps, slashFailuresBps } = model.registry;
        const worst = Math.max(slashDisputeBps, slashTimeoutBps, slashInvalidProofBps, slashFailuresBps);
        const slashed = share(stake, worst);
        const toPayer = job.fault === Fault.DisputeLost ? share(slashed, model.registry.disputePayerBps) : 0n;
        return { ...nothing, payer: toPayer, insurance: slashed };
      }
      default:
        return nothing;
    }
  }
}

const amounts = (model: Model): Map<string, bigint> =>
  new Map([...model.tokens].map(([name, { amount }]) => [name, amount]));
const copies = <T extends object>(from: ReadonlyMap<string, T>): Map<string, T> =>
  new Map([...from].map(([name, value]) => [name, { ...value }]));
