import { type Backoff, backoffMs, signBytes } from "@cyxwiz/chain";
import { AUDIT_OUTCOMES } from "@cyxwiz/proof";
import type { AuditAssignment, AuditOutcome } from "@cyxwiz/protocol";
import { type AuditFinding, verdictBytes } from "@cyxwiz/verify";
import type { KeyPairSigner } from "@solana/kit";
import { throwWireError } from "../central-client/central-client.ts";
import { describe, type Logger } from "../util/log.ts";
import { pause } from "../util/retry.ts";
import { type AuditContext, auditWork, withheld } from "./audit-work.ts";

/** Attempts to look at what a node does not show, before Central is told so; it then has a look itself. */
const ATTEMPTS = 3;

export interface AuditDeskOptions extends AuditContext {
  readonly signer: KeyPairSigner;
  readonly backoff: Backoff;
  readonly log: Logger;
}

/**
 * Carries out the audits that Central asks for with its heartbeats, one after the other. An audit that is not over when
 * the node ends is asked for again.
 */
export class AuditDesk {
  readonly #options: AuditDeskOptions;
  readonly #stopping = new AbortController();
  /** What is asked for now, by job. */
  readonly #assigned = new Map<string, AuditAssignment>();
  #working: Promise<void> | undefined;

  constructor(options: AuditDeskOptions) {
    this.#options = options;
  }

  /** Takes what Central asks for now, all of it. */
  assign(assignments: readonly AuditAssignment[]): void {
    this.#assigned.clear();
    for (const assignment of assignments) this.#assigned.set(assignment.jobId, assignment);
    if (assignments.length === 0 || this.#stopping.signal.aborted) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  // Never rejects: what failed is asked for again.
  async #work(): Promise<void> {
    const { log } = this.#options;
    const [first] = this.#assigned.values();
    if (!first) return;
    try {
      const finding = await this.#look(first);
      await this.#report(first, finding);
      const { outcome, firstFalse } = finding;
      log.info({ auditedJobId: first.jobId, outcome, firstFalse }, "audited the work of another node");
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        log.warn({ auditedJobId: first.jobId, problem: describe(error) }, "audit failed");
    }
    this.#assigned.delete(first.jobId);
  }

  async #look(first: AuditAssignment): Promise<AuditFinding> {
    const { signal } = this.#stopping;
    const current = () => this.#assigned.get(first.jobId) ?? first;
    for (let attempt = 1; ; attempt++) {
      try {
        return await auditWork(this.#options, current, signal);
      } catch (error) {
        if (attempt >= ATTEMPTS) return withheld(error);
        await pause(backoffMs(this.#options.backoff, attempt), signal);
        signal.throwIfAborted();
      }
    }
  }

  async #report({ jobId, root, epochs }: AuditAssignment, finding: AuditFinding): Promise<void> {
    const { central, signer } = this.#options;
    const { outcome, firstFalse, problem } = finding;
    const verdict = {
      ...{ nodeId: central.registration.nodeId, jobId, firstFalse, problem },
      outcome: AUDIT_OUTCOMES[outcome] as AuditOutcome,
      signature: await signBytes(signer, verdictBytes({ jobId, root, epochs }, finding)),
    };
    const { signal } = this.#stopping;
    throwWireError(await central.call(() => central.audits.reportVerdict(verdict, { signal })));
  }
}
