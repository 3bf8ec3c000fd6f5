import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadDataset } from "@cyxwiz/training/node";

/** The same job over the same data, of which only the hash is known here. */
export async function jobByUri(jobPath: string): Promise<string> {
  const folder = dirname(jobPath);
  const job = JSON.parse(await readFile(jobPath, "utf8")) as { data: unknown };
  const { sha256, trainSamples: samples, testSamples: test_samples } = await loadDataset(job.data, folder);
  const path = join(folder, "by-uri.json");
  const data = { uri: "https://example.com/packed.safetensors", sha256, samples, test_samples };
  await writeFile(path, JSON.stringify({ ...job, data }));
  return path;
}

/** The same job over the same data, which stays in a packed file and is streamed to the node; gives the job file's path. */
export async function streamedJob(jobPath: string): Promise<string> {
  const folder = dirname(jobPath);
  const job = JSON.parse(await readFile(jobPath, "utf8")) as { data: unknown };
  const packed = join(folder, "packed.safetensors");
  await writeFile(packed, (await loadDataset(job.data, folder)).bytes);
  const path = join(folder, "streamed.json");
  await writeFile(path, JSON.stringify({ ...job, data: { path: pathToFileURL(packed).href, stream: true } }));
  return path;
}
