import { type Escrow, EscrowDecision, EscrowState, REPORT_DUE } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { nameOf } from "../output/names.ts";
import { formatTime } from "../output/time.ts";

/** Something that the payer can do with a slot. */
export interface SlotChoice {
  /** The command, as in `cyxwiz wallet <command>`. */
  readonly command: "approve" | "extend" | "cancel" | "dispute" | "evidence" | "appeal" | "settle" | "close-slot";
  /** What that does. */
  readonly effect: string;
  /** Unix seconds from which it can be done; absent if it can be now. */
  readonly from?: bigint;
  /** Unix seconds until which it can be done. */
  readonly until?: bigint;
}

/** A slot can be closed this long after its present number, which began as a time: no number then comes twice. */
const SLOT_AGE_SECONDS = 1_200n;

const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** What the payer can do with a slot now, and what later: the program's rules in words. */
export function slotChoices(escrow: Escrow, nowSeconds: bigint): SlotChoice[] {
  const choices = rules(escrow).filter(({ until }) => until === undefined || nowSeconds < until);
  return choices.map(({ from, ...choice }) =>
    from === undefined || from <= nowSeconds ? choice : { ...choice, from },
  );
}

/**
 * Refuses, before anything is sent, what the payer cannot do with a slot now.
 *
 * @throws CyxwizError NOT_POSSIBLE_NOW with the reason, and from when it can be done
 */
export function requirePossible(escrow: Escrow, command: SlotChoice["command"], nowSeconds: bigint): void {
  const choices = slotChoices(escrow, nowSeconds);
  const found = choices.filter((choice) => choice.command === command);
  if (found.some(({ from }) => from === undefined)) return;
  const [later] = found;
  const others = choices.filter(({ from }) => from === undefined).map((choice) => choice.command);
  const state = `the escrow is ${nameOf(EscrowState, escrow.state)}`;
  const when = later?.from === undefined ? "" : `; it is from ${formatTime(later.from)}`;
  const instead = others.length === 0 ? "" : `; what is: ${others.join(", ")}`;
  throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `"${command}"`, problem: `${state}${when}${instead}.` });
}

function rules(escrow: Escrow): SlotChoice[] {
  const { deadline, anchoredAt, challengeWindowSeconds: window, evidenceUntil, decisionUntil, appealUntil } = escrow;
  const approve = { command: "approve", effect: "pay without the proof" } as const;
  const backFrom = (from: bigint) => ({ command: "cancel", effect: "take all back", from }) as const;
  const extend = { command: "extend", effect: "give more time", until: deadline } as const;
  const disputeUntil = (until: bigint) => ({ command: "dispute", effect: "let the arbiter decide", until }) as const;
  const evidence = { command: "evidence", effect: "show your evidence", until: evidenceUntil } as const;
  switch (escrow.state) {
    case EscrowState.Created:
      return [{ command: "cancel", effect: "take all back" }, extend];
    case EscrowState.Running:
      return [
        approve,
        { command: "cancel", effect: "pay for what is done", until: deadline },
        extend,
        disputeUntil(deadline),
        backFrom(deadline),
      ];
    case EscrowState.Committed:
      return [approve, extend, disputeUntil(deadline), backFrom(deadline + window)];
    case EscrowState.Proven:
      return [approve, disputeUntil(anchoredAt + window), backFrom(max(deadline, anchoredAt + window) + window)];
    case EscrowState.Disputed:
      return [approve, evidence, backFrom(decisionUntil)];
    case EscrowState.Appealed:
      return [evidence, { command: "settle", effect: "carry the first decision out", from: decisionUntil }];
    case EscrowState.Resolved: {
      const lost = escrow.decision === EscrowDecision.ForNode;
      const settle = { command: "settle", effect: "carry the decision out" } as const;
      if (!lost) return [{ ...settle, from: appealUntil }];
      return [{ command: "appeal", effect: "have it decided again", until: appealUntil }, settle];
    }
    case EscrowState.Settled:
    case EscrowState.Empty: {
      const effect =
        escrow.reported === REPORT_DUE ? "report the job's end, and get the rent back" : "get the rent back";
      return [{ command: "close-slot", effect, from: escrow.nonce + SLOT_AGE_SECONDS }];
    }
    default:
      return [];
  }
}
