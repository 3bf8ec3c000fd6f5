import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cluster, NodePiece } from "cyxwiz/testing";
import type { Lie } from "./lying-node.ts";

const PRELOAD = fileURLToPath(new URL("lying-node.ts", import.meta.url));

/** Nodes that lie, and what they lie in. */
export interface Liars {
  readonly nodes: readonly NodePiece[];
  /** From now on they lie in this; in nothing: they are honest. */
  lie(...lies: readonly Lie[]): Promise<void>;
}

/**
 * Has a cluster's nodes be started anew as ones that can lie.
 *
 * @param names of the nodes to start, in place of all that there are; default: the same
 */
export async function startLying(cluster: Cluster, first: readonly Lie[], names?: readonly string[]): Promise<Liars> {
  const file = join(cluster.dataDir, "lie");
  const lie = (...lies: readonly Lie[]) => writeFile(file, lies.join("\n"));
  await lie(...first);
  await Promise.all(cluster.nodes.map(({ piece }) => piece.stop()));
  const env = { NODE_OPTIONS: `--import ${PRELOAD}`, CYXWIZ_TEST_LIE: file };
  const nodes = await Promise.all(
    (names ?? cluster.nodes.map(({ piece }) => piece.name)).map((name) => cluster.startNode(name, [], env)),
  );
  return { nodes, lie };
}
