export * from "./chain.ts";
export * from "./compute.ts";
export * from "./world.ts";
