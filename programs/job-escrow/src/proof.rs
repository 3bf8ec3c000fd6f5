//! What a proof is made of, as `docs/proof.md` has it byte by byte.

use cyxwiz_program_common::{
    check::is_same,
    hash::{sha256, sha256_into, Pair},
};
use pinocchio::Address;

const COMMITMENT_DOMAIN: &[u8] = b"cyxwiz:commitment:v1";
/// RFC 6962 hashes leaves and inner nodes in separate domains.
const LEAF: u8 = 0;
const NODE: u8 = 1;
const CHECKPOINT: u8 = 1;
const RESULT: u8 = 2;

/// What is committed to before it is revealed.
pub struct Revelation<'a> {
    pub nonce: &'a [u8; 8],
    pub leaf_count: &'a [u8; 4],
    pub root: &'a [u8; 32],
    pub result_hash: &'a [u8; 32],
}

/// The hash that `commit_proof` puts on chain.
pub fn commitment(escrow: &Address, revelation: &Revelation) -> [u8; 32] {
    sha256(&[
        COMMITMENT_DOMAIN,
        escrow.as_array(),
        revelation.nonce,
        revelation.leaf_count,
        revelation.root,
        revelation.result_hash,
    ])
}

/// A job's tree as it is on chain.
pub struct Tree<'a> {
    pub leaf_count: u32,
    pub root: &'a [u8; 32],
    pub result_hash: &'a [u8; 32],
}

/// Are the last two leaves of a job's tree its last checkpoint and its result?
///
/// Both are walked up together, because their ways soon meet: two nodes at the right edge of a level become one where
/// they are siblings; until then the right one has no sibling and goes up as it is. `siblings` are whatever stands left
/// of them, from the bottom up, none too few and none too many.
#[inline(always)]
pub fn is_complete(tree: &Tree, checkpoint_hash: &[u8; 32], siblings: &[[u8; 32]]) -> bool {
    let Tree { leaf_count, root, result_hash } = *tree;
    if leaf_count < 2 {
        return false;
    }
    let last_epoch = leaf_count.wrapping_sub(1);
    let mut siblings = siblings.iter();
    // 64 bits, so that rounding up cannot overflow.
    let mut size = u64::from(leaf_count);
    let mut edge = Pair::new(NODE);
    let [a, b, c, d] = last_epoch.to_le_bytes();
    sha256_into(&[&[LEAF, CHECKPOINT, a, b, c, d], checkpoint_hash], edge.right());
    while size & 1 == 1 {
        let Some(sibling) = siblings.next() else { return false };
        *edge.left() = *sibling;
        edge.join();
        size = size.wrapping_add(1) >> 1;
    }
    *edge.left() = *edge.right();
    sha256_into(&[&[LEAF, RESULT], result_hash], edge.right());
    edge.join();
    size >>= 1;
    while size > 1 {
        if size & 1 == 0 {
            let Some(sibling) = siblings.next() else { return false };
            *edge.left() = *sibling;
            edge.join();
        }
        size = size.wrapping_add(1) >> 1;
    }
    siblings.next().is_none() && is_same(edge.right(), root)
}
