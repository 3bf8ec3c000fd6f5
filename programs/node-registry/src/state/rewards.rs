use cyxwiz_program_common::amount::share;

use crate::state::{node::Node, status::NodeStatus};

const YEAR_SECONDS: u64 = 365 * 86_400;

/// The most base units a second (135 million CYXWIZ a year), and the longest time (136 years), that count: with both
/// below 2^32 no product leaves 64 bits, in which the target has no checked multiplication.
const MOST: u64 = u32::MAX as u64;

/// What `staked` yields in `seconds` at `yield_bps` a year, rounded down, by taking the year's yield apart into whole
/// base units a second and the rest.
pub const fn yield_of(staked: u64, yield_bps: u16, seconds: u64) -> u64 {
    let yearly = share(staked, yield_bps);
    let (each, seconds) = (at_most(yearly / YEAR_SECONDS), at_most(seconds));
    let rest = (yearly % YEAR_SECONDS).wrapping_mul(seconds) / YEAR_SECONDS;
    each.wrapping_mul(seconds).saturating_add(rest)
}

const fn at_most(number: u64) -> u64 {
    if number < MOST {
        number
    } else {
        MOST
    }
}

impl Node {
    /// Adds what the stake has yielded since the last time; to be called before `staked` changes. A ban ends it.
    #[inline(always)]
    pub fn accrue(&mut self, yield_bps: u16, now: i64) {
        let seconds = now.saturating_sub(self.yield_claimed_at);
        if seconds <= 0 {
            return;
        }
        if self.status() != NodeStatus::Banned {
            self.rewards = self.rewards.saturating_add(yield_of(self.staked, yield_bps, seconds as u64));
        }
        self.yield_claimed_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_at_five_per_cent_is_a_twentieth() {
        assert_eq!(yield_of(5_000_000_000_000, 500, YEAR_SECONDS), 250_000_000_000);
        assert_eq!(yield_of(5_000_000_000_000, 500, 0), 0);
        assert_eq!(yield_of(0, 500, YEAR_SECONDS), 0);
        assert!(yield_of(u64::MAX, 10_000, u64::MAX) >= MOST * MOST);
    }

    #[test]
    fn is_exact_but_for_rounding_down_twice() {
        for staked in [1u64, 999, 50_000_000_000, 123_456_789_012_345, 1 << 60] {
            for seconds in [1u64, 59, 86_400, 90 * 86_400, 20 * YEAR_SECONDS] {
                let exact = u128::from(staked) * 500 * u128::from(seconds) / (10_000 * u128::from(YEAR_SECONDS));
                let paid = u128::from(yield_of(staked, 500, seconds));
                assert!(paid <= exact && exact - paid <= u128::from(seconds.div_ceil(YEAR_SECONDS)) + 1);
            }
        }
    }
}
