import { type Hash, toHex } from "@cyxwiz/proof";
import { siblingsOnLeft } from "./path-places.ts";

/** What everybody knows: where a checkpoint is claimed to be, and under which root. */
export interface Statement {
  readonly root: Hash;
  /** How many leaves are under it. */
  readonly leafCount: number;
  /** From 1. */
  readonly epoch: number;
}

/** What only the prover knows. */
export interface Secret {
  /** H_epoch. */
  readonly checkpoint: Hash;
  /** The siblings from the leaf up, as `inclusionProof` gives them. */
  readonly path: readonly Hash[];
}

/**
 * The public signals of a statement, in the circuit's order. The verifier makes them itself: places on the path follow
 * from epoch and number of leaves, and are not the prover's to choose.
 */
export function publicSignals({ root, leafCount, epoch }: Statement): string[] {
  const onLeft = siblingsOnLeft(epoch - 1, leafCount);
  const number = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`).toString();
  const bits = (flags: readonly boolean[]) => flags.reduce((sum, flag, level) => sum + (flag ? 2 ** level : 0), 0);
  const used = onLeft.map(() => true);
  return [number(root.slice(0, 16)), number(root.slice(16)), epoch, bits(onLeft), bits(used)].map(String);
}

/** All inputs of the circuit for paths of at most `depth` siblings. Throws RangeError for a longer one. */
export function inputSignals(
  depth: number,
  statement: Statement,
  { checkpoint, path }: Secret,
): Record<string, unknown> {
  if (path.length > depth) throw new RangeError(`a path of ${path.length} siblings, in a circuit for ${depth}`);
  const [rootHigh, rootLow, epoch, siblingOnLeft, used] = publicSignals(statement);
  const unused = Array.from({ length: depth - path.length }, () => new Uint8Array(32));
  const siblings = [...path, ...unused].map(bitsOf);
  return { rootHigh, rootLow, epoch, siblingOnLeft, used, checkpoint: bitsOf(checkpoint), siblings };
}

// The highest bit of each byte first.
function bitsOf(hash: Hash): number[] {
  return Array.from(hash).flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1));
}
