/** Where fields stand in an escrow's account, in bytes: what RPC servers can look for without decoding accounts. */
export const ESCROW_OFFSETS = { payer: 112, node: 176, jobId: 240 } as const;
