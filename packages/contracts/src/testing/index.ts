export * from "./chain.ts";
export * from "./compute.ts";
export * from "./registry.ts";
export * from "./reputation.ts";
export * from "./tree.ts";
export * from "./world.ts";
