import { defineConfig } from "vitest/config";

/** Packages whose tests leave nothing behind in their process: a worker loads what they import once for all of them. */
const SHARED = [
  "packages/{central,cli,contracts,engine,errors,node,proof,protocol}/src/**/*.test.ts",
  "{bench,simulator}/**/*.test.ts",
];

/** Off by default: needs `npm ci --prefix research/zk-checkpoint` and minutes. */
const RESEARCH = { extends: true, test: { name: "research", include: ["research/*/src/**/*.test.ts"] } } as const;

export default defineConfig({
  test: {
    // Two cores are the size of the machines we plan for; more workers only make timings worse.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "shared", isolate: false, include: SHARED } },
      {
        extends: true,
        test: { name: "isolated", include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"], exclude: SHARED },
      },
      ...(process.env.CYXWIZ_RESEARCH === "1" ? [RESEARCH] : []),
    ],
  },
});
