import type { NodeSession } from "../node-session/node-session.ts";
import { downloadWeights, type WeightsDownload } from "./download-weights.ts";

/** Fetches a job's weights over the way that its session goes. Throws as `downloadWeights` does. */
export function downloadFrom(
  session: NodeSession,
  jobId: string,
  options: Pick<WeightsDownload, "path" | "sha256" | "signal">,
): Promise<{ bytes: number; sha256: string }> {
  return downloadWeights({
    ...options,
    url: `https://${session.endpoint}/jobs/${jobId}/weights`,
    certificatePem: session.certificatePem,
    dial: (signal, read) => session.dialer.dial("http/1.1", signal, read),
    bearerToken: session.token,
  });
}
