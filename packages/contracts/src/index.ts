export * from "./addresses.ts";
export * from "./generated/job-escrow/index.ts";
export * from "./generated/node-registry/index.ts";
