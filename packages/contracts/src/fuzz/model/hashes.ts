import { createHash } from "node:crypto";

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

const byLabel = new Map<string, Uint8Array>([["", new Uint8Array(32)]]);
const byHex = new Map<string, string>([["00".repeat(32), ""]]);

/** Makes a label stand for these bytes. */
export function nameHash(label: string, bytes: Uint8Array): string {
  byLabel.set(label, bytes);
  byHex.set(Buffer.from(bytes).toString("hex"), label);
  return label;
}

/** The bytes of a label; a new label stands for the hash of itself. */
export function hashOf(label: string): Uint8Array {
  const known = byLabel.get(label);
  if (known !== undefined) return known;
  nameHash(label, sha256(Buffer.from(label)));
  return byLabel.get(label) as Uint8Array;
}

/** The label of bytes; unknown bytes are called by themselves. */
export const labelOf = (bytes: Uint8Array): string => {
  const hex = Buffer.from(bytes).toString("hex");
  return byHex.get(hex) ?? hex;
};

/** A tree that a node could have made: its last checkpoint, its result, and the way up its right edge. */
export interface Tree {
  readonly root: string;
  readonly leaves: number;
  readonly checkpoint: string;
  readonly result: string;
  readonly siblings: readonly string[];
}

const trees = new Map<string, Tree>();

/** The tree `variant` with that many leaves, the last of them its result. */
export function tree(variant: string, leaves: number): Tree {
  const root = `${variant}:root${leaves}`;
  const known = trees.get(root);
  if (known !== undefined) return known;
  const leaf = (data: Uint8Array) => sha256(Uint8Array.of(0), data);
  const checkpoint = (epoch: number) => `${variant}:checkpoint${epoch}`;
  const result = `${variant}:result`;
  let level = Array.from({ length: leaves - 1 }, (_, index) =>
    leaf(Buffer.concat([Uint8Array.of(1), u32(index + 1), hashOf(checkpoint(index + 1))])),
  );
  level.push(leaf(Buffer.concat([Uint8Array.of(2), hashOf(result)])));
  const siblings: string[] = [];
  const sibling = (hash: Uint8Array) => siblings.push(nameHash(`${root}:sibling${siblings.length}`, hash));
  for (let split = true; level.length > 1; ) {
    const last = level.length - 1;
    // While the last two leaves have not met, both are known; an odd last one moves up as it is.
    if (split && level.length % 2 === 0) split = false;
    else if (split && level.length >= 3) sibling(level[last - 2]!);
    else if (level.length % 2 === 0) sibling(level[last - 1]!);
    level = level.flatMap((left, index) => {
      if (index % 2 === 1) return [];
      const right = level[index + 1];
      return [right === undefined ? left : sha256(Uint8Array.of(1), left, right)];
    });
  }
  nameHash(root, level[0]!);
  const made = { root, leaves, checkpoint: checkpoint(leaves - 1), result, siblings };
  trees.set(root, made);
  return made;
}

/** The tree that somebody made with this root. */
export const treeWithRoot = (root: string): Tree | undefined => trees.get(root);

/** Is this the one proof that exists for the root, for the leaf count and result that stand beside it? */
export function provesCompletion(claim: Tree): boolean {
  const honest = trees.get(claim.root);
  return (
    honest !== undefined &&
    honest.leaves === claim.leaves &&
    honest.result === claim.result &&
    honest.checkpoint === claim.checkpoint &&
    honest.siblings.join() === claim.siblings.join()
  );
}

const DOMAIN = Buffer.from("cyxwiz:commitment:v1");

/** The label of the commitment to a proof; `addressOf` is only needed where its bytes are. */
export function commitmentLabel(
  proof: { escrow: string; nonce: bigint; leaves: number; root: string; result: string },
  addressOf?: (name: string) => Uint8Array,
): string {
  const { escrow, nonce, leaves, root, result } = proof;
  const label = `commitment(${escrow}#${nonce} ${leaves} ${root} ${result})`;
  if (addressOf !== undefined && !byLabel.has(label)) {
    nameHash(label, sha256(DOMAIN, addressOf(escrow), u64(nonce), u32(leaves), hashOf(root), hashOf(result)));
  }
  return label;
}
