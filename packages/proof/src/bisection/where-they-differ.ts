import { equalBytes, type Hash } from "../bytes.ts";
import { type BisectionCase, lastPosition } from "./bisection-case.ts";

/**
 * The position to open a bisection with: the last epoch where the chains differ there, or else the result.
 *
 * @param own what the challenger has at a position; `undefined` where its chain is shorter
 * @param committed what the node has
 * @returns `undefined` where the two do not differ
 */
export function whereTheyDiffer(
  about: Pick<BisectionCase, "epochs" | "hasResult">,
  own: (position: number) => Hash | undefined,
  committed: (position: number) => Hash,
): number | undefined {
  // A link holds all those before it; the result stands for itself.
  const candidates = new Set([about.epochs, lastPosition(about)]);
  for (const position of candidates) {
    const mine = own(position);
    if (mine === undefined || !equalBytes(mine, committed(position))) return position;
  }
  return undefined;
}
