// A localnet as a process of its own, to be killed: `node localnet-process.ts '{"dataDir":"…"}'` prints its addresses.
import { startLocalnet } from "../index.ts";

const localnet = await startLocalnet(JSON.parse(process.argv[2] ?? "{}"));
process.stdout.write(`${JSON.stringify({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl })}\n`);
