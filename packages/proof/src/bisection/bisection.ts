import { equalBytes, type Hash, sha256 } from "../bytes.ts";
import { type BisectionCase, firstTranscript, lastPosition, type Party } from "./bisection-case.ts";
import { decodeMove, type Move } from "./move.ts";
import { contradiction, type Shown, shownAt, shownStart } from "./shown.ts";

/** A move as it was sent. */
export interface SignedMove {
  /** What `encodeMove` gives. */
  readonly bytes: Uint8Array;
  /** The mover's (Ed25519), over the bytes. */
  readonly signature: Uint8Array;
}

/** Why a party has lost without a replay. */
export type LossReason =
  /** It did not move in time. */
  | "silence"
  /** Its wallet has not signed the move. */
  | "unsigned"
  /** No move of this bisection, or not its turn to make this one. */
  | "illegal"
  /** What the node shows is not under the root that it has committed to. */
  | "not committed"
  /** It has said something else before. */
  | "contradiction"
  /** The challenger names a position at which nothing differs. */
  | "nothing differs";

/** How a bisection ends. */
export type BisectionOutcome =
  | { readonly kind: "lost"; readonly loser: Party; readonly reason: LossReason }
  /** They agree about everything before `epoch` and differ there; whose is right, a replay of it tells. */
  | {
      readonly kind: "parted";
      /** 0 is the start, and one more than the epochs the result. */
      readonly epoch: number;
      /** What both have before it; `undefined` where they differ from the start. */
      readonly agreed: Shown | undefined;
      /** What the node has there. */
      readonly shown: Shown;
      /** What the challenger has there; `undefined` where its chain is shorter. */
      readonly claimed: Hash | undefined;
    };

/** What is to be moved next. */
export interface Turn {
  readonly by: Party;
  readonly kind: "open" | "show" | "say";
  readonly round: number;
  /** The position in question; of no meaning before the opening. */
  readonly position: number;
  /** Unix seconds up to which the move is in time. */
  readonly dueSeconds: bigint;
}

/**
 * A bisection as far as it has come; a value that moves make others of. Everything follows from the case and the moves with
 * their times, so that whoever has those can play it again ({@link replayBisection}).
 */
export interface Bisection {
  readonly about: BisectionCase;
  readonly moves: readonly (SignedMove & { readonly atSeconds: bigint })[];
  /** Over the case and all moves with their signatures: what stands for them as evidence. */
  readonly transcript: Hash;
  /** The last position known to agree, and the first known to differ. */
  readonly agreed?: Shown;
  readonly differing?: { readonly shown: Shown; readonly claimed: Hash | undefined };
  /** What the challenger has opened with. */
  readonly opened?: { readonly last: number; readonly start: Hash; readonly hash: Hash | undefined };
  /** What the node has just shown, as long as the challenger has not said what it thinks of it. */
  readonly asked?: Shown;
  /** Either there is a turn, or an outcome. */
  readonly turn?: Turn;
  readonly outcome?: BisectionOutcome;
}

/** A bisection in which nothing was moved; the challenger opens it by its deadline. */
export function startBisection(about: BisectionCase, nowSeconds: bigint): Bisection {
  const turn: Turn = {
    by: "challenger",
    kind: "open",
    round: 0,
    position: 0,
    dueSeconds: nowSeconds + about.moveSeconds,
  };
  return { about, moves: [], transcript: firstTranscript(about), turn };
}

/** Whoever has let the deadline pass has lost; anything else stays as it is. */
export function expireBisection(state: Bisection, nowSeconds: bigint): Bisection {
  const { turn } = state;
  return turn && nowSeconds > turn.dueSeconds ? lost(state, turn.by, "silence") : state;
}

/** Whether a party's wallet has signed bytes. */
export type IsSigned = (by: Party, bytes: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/**
 * Takes a move of `by`, from whom it came for certain. The same move once more changes nothing; one that is late, illegal,
 * unsigned or against an earlier one loses. Once there is an outcome, nothing changes it.
 */
export async function playMove(
  state: Bisection,
  { by, move, nowSeconds }: { readonly by: Party; readonly move: SignedMove; readonly nowSeconds: bigint },
  isSigned: IsSigned,
): Promise<Bisection> {
  const now = expireBisection(state, nowSeconds);
  if (now.turn === undefined || now.moves.some(({ bytes }) => equalBytes(bytes, move.bytes))) return now;
  if (!(await isSigned(by, move.bytes, move.signature))) return lost(now, by, "unsigned");
  return advance(now, by, { ...move, atSeconds: nowSeconds });
}

/** Plays moves again that were taken before, each by whose turn it was, up to and without what time has done since. */
export function replayBisection(
  about: BisectionCase,
  { startedSeconds, moves }: { readonly startedSeconds: bigint; readonly moves: Bisection["moves"] },
): Bisection {
  return moves.reduce(
    (state, move) => (state.turn ? advance(state, state.turn.by, move) : state),
    startBisection(about, startedSeconds),
  );
}

function advance(state: Bisection, by: Party, move: Bisection["moves"][number]): Bisection {
  const { about, turn } = state;
  const decoded = decodeMove(move.bytes);
  if (turn === undefined) return state;
  const fits = decoded && equalBytes(decoded.jobId, about.genesis.jobId) && equalBytes(decoded.escrow, about.escrow);
  if (!fits) return lost(state, by, "illegal");
  if (by !== turn.by || decoded.body.kind !== turn.kind || decoded.round !== turn.round) {
    return lost(state, by, isAnother(state, decoded) ? "contradiction" : "illegal");
  }
  if (!equalBytes(decoded.transcript, state.transcript)) return lost(state, by, "illegal");
  const transcript = sha256(state.transcript, move.bytes, move.signature);
  const taken = { ...state, moves: [...state.moves, move], transcript };
  return apply(taken, turn, decoded.body, move.atSeconds);
}

/** Whether a move stands where another one was taken. */
function isAnother({ moves }: Bisection, { round, body }: Move): boolean {
  return moves.some(({ bytes }) => {
    const taken = decodeMove(bytes);
    return taken?.round === round && taken.body.kind === body.kind;
  });
}

function apply(state: Bisection, turn: Turn, body: Move["body"], atSeconds: bigint): Bisection {
  const { about } = state;
  const next = (by: Party, kind: Turn["kind"], round: number, position: number): Turn => ({
    by,
    kind,
    round,
    position,
    dueSeconds: atSeconds + about.moveSeconds,
  });
  switch (body.kind) {
    case "open": {
      const { kind: _, ...opened } = body;
      if (opened.last > lastPosition(about)) return lost(state, "challenger", "illegal");
      return { ...state, opened, turn: next("node", "show", 0, opened.last) };
    }
    case "show": {
      const shown = turn.position === 0 ? undefined : shownAt(about, turn.position, body.opening);
      if (shown === "illegal" || shown === "not committed") return lost(state, "node", shown);
      if (turn.round > 0) {
        if (body.initialStateHash || !shown) return lost(state, "node", "illegal");
        if (contradiction(shown, [state.agreed, state.differing?.shown])) return lost(state, "node", "contradiction");
        return { ...state, asked: shown, turn: next("challenger", "say", turn.round, turn.position) };
      }
      if (!body.initialStateHash || (turn.position === 0 && body.opening)) return lost(state, "node", "illegal");
      return begin(state, shownStart(about, body.initialStateHash), shown, next);
    }
    case "say": {
      const { asked, ...rest } = state as Bisection & { readonly asked: Shown };
      const agrees = body.hash !== undefined && equalBytes(body.hash, asked.hash);
      return halve(
        agrees ? { ...rest, agreed: asked } : { ...rest, differing: { shown: asked, claimed: body.hash } },
        next,
      );
    }
  }
}

type Next = (by: Party, kind: Turn["kind"], round: number, position: number) => Turn;

function begin(state: Bisection, start: Shown, shown: Shown | undefined, next: Next): Bisection {
  const { opened } = state as Bisection & { readonly opened: NonNullable<Bisection["opened"]> };
  if (!equalBytes(opened.start, start.hash)) return parted(state, undefined, { shown: start, claimed: opened.start });
  const same = opened.hash !== undefined && shown !== undefined && equalBytes(opened.hash, shown.hash);
  if (shown === undefined || same) return lost(state, "challenger", "nothing differs");
  if (contradiction(shown, [start])) return lost(state, "node", "contradiction");
  return halve({ ...state, agreed: start, differing: { shown, claimed: opened.hash } }, next);
}

/** Asks for the middle, or ends where there is none. */
function halve(state: Bisection, next: Next): Bisection {
  const { agreed, differing, turn } = state as Required<Pick<Bisection, "agreed" | "differing" | "turn">> & Bisection;
  const [low, high] = [agreed.position, differing.shown.position];
  if (high - low === 1) return parted(state, agreed, differing);
  return { ...state, turn: next("node", "show", turn.round + 1, low + Math.floor((high - low) / 2)) };
}

function parted(
  { turn: _, ...state }: Bisection,
  agreed: Shown | undefined,
  { shown, claimed }: NonNullable<Bisection["differing"]>,
): Bisection {
  return { ...state, outcome: { kind: "parted", epoch: shown.position, agreed, shown, claimed } };
}

function lost({ turn: _, ...state }: Bisection, loser: Party, reason: LossReason): Bisection {
  return { ...state, outcome: { kind: "lost", loser, reason } };
}
