use codama_macros::CodamaPda;

pub const PLATFORM_SEED: &[u8] = b"platform";
pub const ESCROW_SEED: &[u8] = b"escrow";
pub const VAULT_SEED: &[u8] = b"vault";

/// The token account that holds an escrow's tokens; only the escrow's program address can move them.
#[derive(CodamaPda)]
#[codama(seed(type = string(utf8), value = "vault"))]
#[codama(seed(name = "escrow", type = public_key))]
pub struct Vault;
