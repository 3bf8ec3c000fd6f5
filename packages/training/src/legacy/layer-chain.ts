import { invalid } from "../spec/fields.ts";
import type { GraphNode } from "./graph.ts";
import { isDataNode, LOSS_NODES, OPTIMIZER_NODES } from "./node-types.ts";

interface Link {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

/**
 * The layer nodes in topological order, which must be a chain from one input to one output.
 *
 * @throws CyxwizError `MODEL_INVALID` for cycles, loose nodes, branches and links to nowhere.
 */
export function layerChain(nodes: readonly GraphNode[], links: readonly Link[]): GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const { from, to, path } of links) {
    for (const id of [from, to]) if (!byId.has(id)) invalid(path, `there is no node ${id}.`);
  }
  checkAcyclic(nodes, links);
  const isLayer = ({ type, kind }: GraphNode) =>
    !isDataNode(type) && !(kind in LOSS_NODES) && !(kind in OPTIMIZER_NODES);
  const layers = nodes.filter(isLayer);
  const next = new Map<GraphNode, GraphNode>();
  const previous = new Map<GraphNode, GraphNode>();
  for (const { from, to, path } of links) {
    const source = byId.get(from) as GraphNode;
    const target = byId.get(to) as GraphNode;
    if (!isLayer(source) || !isLayer(target)) continue;
    if (next.has(source)) invalid(path, `${label(source)} has two outputs; only a chain of layers can be trained.`);
    if (previous.has(target)) invalid(path, `${label(target)} has two inputs; only a chain of layers can be trained.`);
    next.set(source, target);
    previous.set(target, source);
  }
  const starts = layers.filter((node) => !previous.has(node));
  const [start, loose] = starts;
  if (loose)
    invalid(
      loose.path,
      `${label(loose)} has no link from the layer before it, and neither has ${label(start as GraphNode)}.`,
    );
  const chain: GraphNode[] = [];
  for (let node = start; node; node = next.get(node)) chain.push(node);
  return chain;
}

/** Takes away nodes without incoming links until none is left; what cannot be taken away is in a cycle. */
function checkAcyclic(nodes: readonly GraphNode[], links: readonly Link[]): void {
  const incoming = new Map(nodes.map(({ id }) => [id, 0]));
  const outgoing = new Map<number, number[]>();
  for (const { from, to } of links) {
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
    outgoing.set(from, [...(outgoing.get(from) ?? []), to]);
  }
  const ready = nodes.filter(({ id }) => incoming.get(id) === 0).map(({ id }) => id);
  let taken = 0;
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    taken++;
    for (const to of outgoing.get(id) ?? []) {
      const left = (incoming.get(to) as number) - 1;
      incoming.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  if (taken < nodes.length) {
    const stuck = nodes.find(({ id }) => (incoming.get(id) as number) > 0) as GraphNode;
    invalid(stuck.path, `${label(stuck)} is part of a cycle, or behind one.`);
  }
}

function label({ name, kind, id }: GraphNode): string {
  return `node ${id} (${name === "" || name === kind ? kind : `${kind} "${name}"`})`;
}
