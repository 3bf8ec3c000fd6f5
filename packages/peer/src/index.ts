export { fetchRange, type RangeRequest } from "./fetch-range.ts";
export { fetchWhole, type WholeFile } from "./fetch-whole.ts";
export { type NodeAddress, NodeDialer, type Route } from "./node-dialer.ts";
export { refusal } from "./refusal.ts";
export { verifyNodeCertificate } from "./verify-node-certificate.ts";
