import { defineConfig } from "vitest/config";

/** Packages whose tests leave nothing behind in their process: a worker loads what they import once for all of them. */
const SHARED = [
  "packages/{central,cli,contracts,engine,errors,node,peer,proof,protocol,verify}/src/**/*.test.ts",
  "{bench,simulator}/**/*.test.ts",
];

/** What takes long, and tells little that the others don't: `npm run test:thorough`. */
const THOROUGH = "{packages/*/src,tests}/**/*.thorough.test.ts";

/** What the product does not use: needs `npm ci --prefix research/zk-checkpoint` and minutes. */
const RESEARCH = "research/*/src/**/*.test.ts";

/** Projects that only run when the environment asks for them. */
const ON_DEMAND = { thorough: THOROUGH, research: RESEARCH };

export default defineConfig({
  test: {
    // Two cores are the size of the machines we plan for; the third worker uses them while the others wait.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "shared", isolate: false, include: SHARED, exclude: [THOROUGH] } },
      {
        extends: true,
        test: {
          name: "isolated",
          include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: [...SHARED, THOROUGH],
        },
      },
      ...Object.entries(ON_DEMAND)
        .filter(([name]) => process.env.CYXWIZ_TESTS === name)
        .map(([name, include]) => ({ extends: true as const, test: { name, include: [include] } })),
    ],
  },
});
