import { type Audit, AuditState } from "@cyxwiz/protocol";
import type { JobEvent } from "./job-event.ts";

/** Tells what comes of a job's audit, each thing once. */
export class AuditEvents {
  readonly #tell: (event: JobEvent) => void;
  readonly #told = new Set<string>();

  constructor(tell: (event: JobEvent) => void) {
    this.#tell = tell;
  }

  /** Takes what Central says now. Gives whether the audit is open. */
  note(audit: Audit | undefined): boolean {
    if (audit?.state === AuditState.AUDIT_OPEN) this.#once("open", audit);
    if (audit?.state === AuditState.AUDIT_PASSED) this.#once("passed", audit);
    return audit?.state === AuditState.AUDIT_OPEN;
  }

  #once(state: "open" | "passed", { epochs, auditorNodeId }: Audit): void {
    if (this.#told.has(state)) return;
    this.#told.add(state);
    this.#tell({ type: "audit", state, epochs, auditorNodeId });
  }
}
