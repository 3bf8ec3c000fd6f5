import type { RootNode } from "codama";

/**
 * Lists that the Rust side leaves out when they are empty and the renderer expects, by the kind of their node.
 * The two follow different versions of the IDL standard.
 */
const lists: Record<string, readonly string[]> = {
  rootNode: ["additionalPrograms"],
  programNode: ["pdas", "accounts", "instructions", "definedTypes", "errors", "events", "constants"],
  structTypeNode: ["fields"],
  instructionNode: ["accounts", "arguments"],
  tupleTypeNode: ["items"],
  enumTypeNode: ["variants"],
  pdaNode: ["seeds"],
  pdaValueNode: ["seeds"],
};

/** Fills in the lists that an IDL written by the Rust crate leaves out. */
export function completeIdl(idl: unknown): RootNode {
  return complete(idl) as RootNode;
}

function complete(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(complete);
  if (typeof value !== "object" || value === null) return value;
  const node = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, complete(child)]));
  for (const list of lists[String(node.kind)] ?? []) node[list] ??= [];
  return node;
}
