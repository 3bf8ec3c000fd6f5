#!/usr/bin/env node
// Plain JavaScript that any Node since 20 runs: it hands over to the pinned Node when it was started by an older one.
import { spawn } from "node:child_process";
import nodeModule, { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";

const NEEDED_MAJOR = 24;

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  // Every piece is a process of its own: this takes about a third off the start of each after the first.
  nodeModule.enableCompileCache();
  await import("../src/main.ts");
} else {
  handOver(pinnedNode());
}

function pinnedNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  } catch {
    console.error(
      `cyxwiz needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}, and the npm package "node" is not installed.`,
    );
    process.exit(2);
  }
}

// The channel closes however this process ends: the command then ends too.
function handOver(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    console.error(`cyxwiz cannot start ${node}: ${error.message}`);
    process.exit(2);
  });
  child.once("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}
