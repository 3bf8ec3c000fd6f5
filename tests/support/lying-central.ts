import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import {
  createTlsTransport,
  type GetCommitmentsResponse,
  type ListLinksResponse,
  ListLinksResponseSchema,
  loadOrCreateCertificate,
  ProofService,
  startTlsServer,
} from "@cyxwiz/protocol";
import type { Cluster } from "cyxwiz/testing";
import { directoryForTest } from "./cluster.ts";

const MAX_MESSAGE_BYTES = 1 << 24;

/** What it says otherwise than the real one; each may change what it is given. */
export interface Lies {
  commitments?: (told: GetCommitmentsResponse) => void;
  links?: (told: ListLinksResponse) => void;
}

/** Stands before a cluster's Central, answers as it does, and lies in what the test asks for. */
export async function startLyingCentral({ central }: Cluster, lies: Lies) {
  const directory = await directoryForTest();
  const certificate = await loadOrCreateCertificate({ directory, commonName: "central", hosts: [] });
  const options = { peer: "Central", baseUrl: central.url, certificatePem: central.certificatePem };
  const { transport, close } = createTlsTransport({ ...options, maxMessageBytes: MAX_MESSAGE_BYTES });
  const real = createClient(ProofService, transport);
  const server = await startTlsServer({
    host: "127.0.0.1",
    port: 0,
    certificate,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    onUnexpected: (error) => console.error(error),
    routes: (router) => {
      router.service(ProofService, {
        async getCommitments(request) {
          const told = await real.getCommitments(request);
          lies.commitments?.(told);
          return told;
        },
        async listLinks(request) {
          const told = create(ListLinksResponseSchema, await real.listLinks(request));
          lies.links?.(told);
          return told;
        },
        getAuditToken: (request, { requestHeader }) =>
          real.getAuditToken(request, { headers: { authorization: requestHeader.get("authorization") ?? "" } }),
      });
    },
  });
  return {
    url: `https://127.0.0.1:${server.port}`,
    certificatePem: certificate.certificatePem,
    async close() {
      close();
      await server.close(0);
    },
  };
}
