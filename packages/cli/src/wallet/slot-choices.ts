import { type Escrow, EscrowDecision, EscrowState, REPORT_DUE } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { KeyPairSigner } from "@solana/kit";
import { nameOf } from "../output/names.ts";
import { formatTime } from "../output/time.ts";
import { requireWallet } from "../platform/require-wallet.ts";

/** Who somebody is to an escrow. */
export type Party = "payer" | "node" | "anybody";

/** Something that can be done with a slot. */
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

/** Whom the program takes each from, whatever the time. */
const MAY: Readonly<Record<SlotChoice["command"], readonly Party[]>> = {
  approve: ["payer"],
  extend: ["payer"],
  cancel: ["payer"],
  dispute: ["payer", "node"],
  evidence: ["payer", "node"],
  appeal: ["payer", "node"],
  settle: ["payer", "node"],
  "close-slot": ["payer"],
};
/** What anybody may do once its time has come. */
const MAY_LATER: readonly SlotChoice["command"][] = ["cancel", "settle"];

const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** What a party, the payer unless said, can do with a slot now, and what later: the program's rules in words. */
export function slotChoices(escrow: Escrow, nowSeconds: bigint, party: Party = "payer"): SlotChoice[] {
  const isTheirs = ({ command, from }: SlotChoice) =>
    MAY[command].includes(party) || (from !== undefined && MAY_LATER.includes(command));
  const choices = rules(escrow, party)
    .filter(isTheirs)
    .filter(({ until }) => until === undefined || nowSeconds < until);
  return choices.map(({ from, ...choice }) =>
    from === undefined || from <= nowSeconds ? choice : { ...choice, from },
  );
}

/**
 * Refuses, before anything is sent, what a wallet cannot do with a slot now.
 *
 * @throws CyxwizError WRONG_WALLET; NOT_POSSIBLE_NOW with the reason, and from when it can be done
 */
export function requirePossible(
  escrow: Escrow,
  command: SlotChoice["command"],
  { nowSeconds, wallet }: { readonly nowSeconds: bigint; readonly wallet: KeyPairSigner },
): void {
  const parties = MAY[command];
  if (!MAY_LATER.includes(command)) {
    const needed = parties.map((party) => (party === "node" ? escrow.node : escrow.payer));
    requireWallet(`"${command}"`, wallet, { whose: parties.map((party) => `the ${party}`).join(" or "), needed });
  }
  const choices = slotChoices(escrow, nowSeconds, partyOf(escrow, wallet));
  const found = choices.filter((choice) => choice.command === command);
  if (found.some(({ from }) => from === undefined)) return;
  const [later] = found;
  const others = choices.filter(({ from }) => from === undefined).map((choice) => choice.command);
  const state = `the escrow is ${nameOf(EscrowState, escrow.state)}`;
  const when = later?.from === undefined ? "" : `, and it can be done from ${formatTime(later.from)}`;
  const instead = others.length === 0 ? "" : `; what can be done: ${others.join(", ")}`;
  throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `"${command}"`, problem: `${state}${when}${instead}.` });
}

function partyOf(escrow: Escrow, { address }: KeyPairSigner): Party {
  return address === escrow.payer ? "payer" : address === escrow.node ? "node" : "anybody";
}

function rules(escrow: Escrow, party: Party): SlotChoice[] {
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
      const lost = party === (escrow.decision === EscrowDecision.ForNode ? "payer" : "node");
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
