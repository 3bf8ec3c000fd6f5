// Central as a process of its own, for tests that kill it. Options are JSON in the first argument.
import { pino } from "pino";
import { startCentral } from "../start-central.ts";

const central = await startCentral(JSON.parse(process.argv[2] ?? "{}"), {
  log: pino({ level: process.env.CENTRAL_TEST_LOG ?? "silent" }, pino.destination(2)),
});
process.stdout.write(`${JSON.stringify({ url: central.url, port: central.port, certificate: central.certificate })}\n`);
