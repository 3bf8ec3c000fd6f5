use crate::state::entry::ReputationEntry;

/// Every mean starts with this many observations at zero; otherwise one good job would make a newcomer a diamond.
const PHANTOMS: u64 = 20;

/// A mean of `count` values that add up to `sum`, as its part of at most `weight` points; `unit` is the value of one
/// whole.
#[inline(always)]
const fn part(weight: u64, sum: u32, unit: u64, count: u32) -> u64 {
    // Below 2^32 × 400; the divisor is not zero. Nothing can overflow.
    (sum as u64).wrapping_mul(weight) / (count as u64).wrapping_add(PHANTOMS).wrapping_mul(unit)
}

impl ReputationEntry {
    /// 0 to 1000. Each part is rounded down.
    #[inline(always)]
    pub const fn compute_score(&self) -> u16 {
        let parts = part(400, self.completed, 1, self.assigned)
            .wrapping_add(part(250, self.accuracy_sum, 1_000, self.accuracy_count))
            .wrapping_add(part(40, self.rating_sum, 1, self.rating_count))
            .wrapping_add(part(100, self.valid_proofs, 1, self.proofs))
            .wrapping_add(part(50, self.uptime_sum, 1_000, self.uptime_count));
        let score = (parts as i64).wrapping_add(self.events as i64);
        if score < 0 {
            0
        } else if score > 1_000 {
            1_000
        } else {
            score as u16
        }
    }
}

/// The tier of a score.
#[inline(always)]
pub const fn tier_of(score: u16) -> u8 {
    (score >= 300) as u8 + (score >= 600) as u8 + (score >= 800) as u8
}
