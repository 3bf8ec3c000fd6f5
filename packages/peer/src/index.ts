export { fetchToFile } from "./fetch-to-file.ts";
export { fetchWhole } from "./fetch-whole.ts";
export { type NodeAddress, NodeDialer, type Route } from "./node-dialer.ts";
export { type RangeAnswer, RangeConnection, type RangeRequest, type RemoteFile } from "./range-connection.ts";
export { verifyNodeCertificate } from "./verify-node-certificate.ts";
export type { WholeFile } from "./whole-file.ts";
