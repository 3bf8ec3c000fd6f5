export { dialTls, type ReadInto, type TlsDial } from "./client/dial-tls.ts";
export { createTlsTransport, type TlsTransport, type TlsTransportOptions } from "./client/tls-transport.ts";
export { fromWireError, toConnectError, toWireError } from "./errors/wire-error.ts";
export { writeWhole } from "./files/write-whole.ts";
export * from "./gen/cyxwiz/protocol/audit_pb.ts";
export * from "./gen/cyxwiz/protocol/common_pb.ts";
export * from "./gen/cyxwiz/protocol/dispute_pb.ts";
export * from "./gen/cyxwiz/protocol/execution_pb.ts";
export * from "./gen/cyxwiz/protocol/job_pb.ts";
export * from "./gen/cyxwiz/protocol/node_pb.ts";
export * from "./gen/cyxwiz/protocol/proof_pb.ts";
export * from "./gen/cyxwiz/protocol/relay_pb.ts";
export * from "./gen/cyxwiz/protocol/wallet_pb.ts";
export { acceptTunnel, refuseTunnel } from "./relay/answer-tunnel.ts";
export { openTunnel, type TunnelOptions } from "./relay/open-tunnel.ts";
export { type SpliceOptions, splice } from "./relay/splice.ts";
export { parseTunnelPath, type TunnelEnd } from "./relay/tunnel.ts";
export { connectionKey, remoteAddress } from "./server/connection.ts";
export {
  type HttpRequest,
  type HttpResponse,
  startTlsServer,
  type TlsServer,
  type TlsServerOptions,
} from "./server/tls-server.ts";
export { fingerprintOf, loadOrCreateCertificate, type ServerCertificate } from "./tls/certificate.ts";
export { pinned } from "./tls/pinned.ts";
export {
  AUDIT_TOKEN_LIFETIME_SECONDS,
  type AuditToken,
  signAuditToken,
  verifyAuditToken,
} from "./tokens/audit-token.ts";
export {
  JOB_TOKEN_LIFETIME_SECONDS,
  type JobToken,
  parseTokenPublicKey,
  signJobToken,
  verifyJobToken,
} from "./tokens/job-token.ts";
export {
  CENTRAL_AUDIENCE,
  signWalletToken,
  verifyWalletToken,
  WALLET_TOKEN_LIFETIME_SECONDS,
} from "./tokens/wallet-token.ts";
