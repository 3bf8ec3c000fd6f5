import fc from "fast-check";
import { decodeMove, encodeMove, type MoveBody, type Party } from "../bisection/index.ts";
import { sha256, u32 } from "../bytes.ts";
import { OTHER, type Player, sign } from "./bisection-world.ts";

/** What a party can do instead of what it should: nothing, noise, another's words, its own words twisted. */
export const strategies = fc.array(
  fc.oneof(
    fc.constant({ kind: "fair" as const }),
    fc.constant({ kind: "silent" as const }),
    fc.constant({ kind: "unsigned" as const }),
    fc.record({ kind: fc.constant("noise" as const), bytes: fc.uint8Array({ maxLength: 200 }) }),
    fc.record({ kind: fc.constant("twisted" as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
    fc.constant({ kind: "agrees" as const }),
    fc.constant({ kind: "differs" as const }),
    fc.constant({ kind: "nothing" as const }),
    fc.constant({ kind: "first again" as const }),
    fc.record({ kind: fc.constant("other round" as const), round: fc.nat({ max: 9 }) }),
  ),
  { minLength: 1, maxLength: 8 },
);
type Strategy = Parameters<Parameters<typeof strategies.map>[0]>[0][number];

/** Plays by strategies in turn, beginning again after the last. */
export function hostile(by: Party, fair: Player, list: readonly Strategy[]): Player {
  let next = 0;
  return (state) => {
    const strategy = list[next++ % list.length] as Strategy;
    const proper = fair(state);
    if (strategy.kind === "silent" || proper === "silent") return "silent";
    const move = decodeMove(proper.bytes);
    if (move === undefined) throw new Error("the fair move cannot be read");
    const saying = (body: MoveBody) => sign(by, encodeMove({ ...move, body }));
    const mine = move.body.kind === "show" ? undefined : move.body;
    switch (strategy.kind) {
      case "unsigned":
        return { ...proper, signature: sign(OTHER[by], proper.bytes).signature };
      case "noise":
        return sign(by, strategy.bytes);
      case "twisted": {
        const bytes = proper.bytes.slice();
        const at = strategy.at % bytes.length;
        bytes[at] = (bytes[at] as number) ^ strategy.by;
        return sign(by, bytes);
      }
      case "agrees":
        return mine?.kind === "say" ? saying({ kind: "say", hash: state.asked?.hash }) : proper;
      case "differs":
        return mine ? saying({ ...mine, hash: sha256(u32(next)) }) : proper;
      case "nothing":
        return mine
          ? saying({ ...mine, hash: undefined })
          : saying({ kind: "show", initialStateHash: undefined, opening: undefined });
      case "first again":
        return state.moves[0] ?? proper;
      case "other round":
        return sign(by, encodeMove({ ...move, round: strategy.round }));
      default:
        return proper;
    }
  };
}
