// A job submitted with the SDK. Where Central and the chain are, and who pays, is in the environment:
// CYXWIZ_CENTRAL_URL, CYXWIZ_CENTRAL_CERTIFICATE, CYXWIZ_RPC_URL, CYXWIZ_WS_URL, CYXWIZ_WALLET.
import { readFile } from "node:fs/promises";
import { createChain, loadKeypairFile } from "@cyxwiz/chain";
import { createEngine, loadJobFile } from "@cyxwiz/engine";

const { CYXWIZ_CENTRAL_URL = "", CYXWIZ_CENTRAL_CERTIFICATE = "", CYXWIZ_WALLET = "" } = process.env;
const { CYXWIZ_RPC_URL = "", CYXWIZ_WS_URL = "", CYXWIZ_ENGINE_DATA_DIR = ".cyxwiz" } = process.env;

const engine = createEngine({
  central: { url: CYXWIZ_CENTRAL_URL, certificatePem: await readFile(CYXWIZ_CENTRAL_CERTIFICATE, "utf8") },
  chain: createChain({ rpcUrls: [CYXWIZ_RPC_URL], wsUrl: CYXWIZ_WS_URL }),
  wallet: await loadKeypairFile(CYXWIZ_WALLET),
  dataDir: CYXWIZ_ENGINE_DATA_DIR,
});
const job = engine.submit(await loadJobFile(process.argv[2] ?? "examples/mnist-mlp.json"));
for await (const event of job) if (event.type !== "progress") console.log(event.type);
const { weightsPath, receipt } = await job.result;
console.log(weightsPath, receipt.lines.map((line) => `${line.role} ${line.change}`).join(", "));
engine.close();
