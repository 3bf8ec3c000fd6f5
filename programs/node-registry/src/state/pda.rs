use codama_macros::CodamaPda;

pub const REGISTRY_SEED: &[u8] = b"registry";
pub const NODE_SEED: &[u8] = b"node";
pub const REWARDS_SEED: &[u8] = b"rewards";
pub const STAKE_SEED: &[u8] = b"stake";

/// The token account that holds a node's stake; only the node account's program address can move it.
#[derive(CodamaPda)]
#[codama(seed(type = string(utf8), value = "stake"))]
#[codama(seed(name = "node", type = public_key))]
pub struct StakeVault;

/// The token account that pays the yield of stake; the registry's address can move it, anybody can fill it.
#[derive(CodamaPda)]
#[codama(seed(type = string(utf8), value = "rewards"))]
pub struct RewardsVault;
