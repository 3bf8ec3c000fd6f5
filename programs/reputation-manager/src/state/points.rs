use crate::{
    error::ReputationError,
    state::{entry::ReputationEntry, outcome::OutcomeKind, score::tier_of},
};

/// Points for what happened stay within this: good years do not make a node immune for ever.
const EVENT_LIMIT: i32 = 10_000;
const WHOLE: u32 = 1_000;
const BEST_RATING: u32 = 5;

impl ReputationEntry {
    /// Counts one outcome and computes the score anew. Fails without a change for a kind or a value that there is not;
    /// kinds that need no value take only 0.
    #[inline(always)]
    pub fn record(&mut self, kind: u8, value: u16) -> Result<(), ReputationError> {
        let value = u32::from(value);
        let points = if kind == OutcomeKind::Completed as u8 {
            require_at_most(value, WHOLE)?;
            count(&mut self.assigned);
            count(&mut self.completed);
            count(&mut self.proofs);
            count(&mut self.valid_proofs);
            sample(&mut self.accuracy_sum, &mut self.accuracy_count, value);
            10
        } else if kind == OutcomeKind::Rated as u8 {
            require_at_most(value, BEST_RATING)?;
            sample(&mut self.rating_sum, &mut self.rating_count, value);
            if value == BEST_RATING {
                5
            } else {
                0
            }
        } else if kind == OutcomeKind::Uptime as u8 {
            require_at_most(value, WHOLE)?;
            sample(&mut self.uptime_sum, &mut self.uptime_count, value);
            0
        } else {
            require_at_most(value, 0)?;
            self.record_without_value(kind)?
        };
        self.events = self.events.wrapping_add(points).clamp(-EVENT_LIMIT, EVENT_LIMIT);
        let score = self.compute_score();
        self.score = score;
        self.tier = tier_of(score);
        Ok(())
    }

    #[inline(always)]
    fn record_without_value(&mut self, kind: u8) -> Result<i32, ReputationError> {
        Ok(match kind {
            kind if kind == OutcomeKind::Failed as u8 => {
                count(&mut self.assigned);
                -50
            }
            kind if kind == OutcomeKind::TimedOut as u8 => {
                count(&mut self.assigned);
                -30
            }
            kind if kind == OutcomeKind::InvalidProof as u8 => {
                count(&mut self.assigned);
                count(&mut self.proofs);
                -100
            }
            kind if kind == OutcomeKind::DisputeLost as u8 => -200,
            kind if kind == OutcomeKind::DisputeWon as u8 => 5,
            kind if kind == OutcomeKind::UptimeMonth as u8 => 20,
            _ => return Err(ReputationError::UnknownKind),
        })
    }
}

#[inline(always)]
fn require_at_most(value: u32, most: u32) -> Result<(), ReputationError> {
    if value <= most {
        Ok(())
    } else {
        Err(ReputationError::ValueOutOfRange)
    }
}

#[inline(always)]
fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}

#[inline(always)]
fn sample(sum: &mut u32, counter: &mut u32, value: u32) {
    *sum = sum.saturating_add(value);
    count(counter);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newcomer() -> ReputationEntry {
        // SAFETY: plain integers and bytes, for which zero is a value.
        unsafe { core::mem::zeroed() }
    }

    fn record(entry: &mut ReputationEntry, kind: OutcomeKind, value: u16) {
        assert_eq!(entry.record(kind as u8, value), Ok(()));
    }

    #[test]
    fn one_good_job_makes_no_diamond() {
        let mut entry = newcomer();
        record(&mut entry, OutcomeKind::Completed, 1_000);
        // 400/21 + 250/21 + 100/21, each rounded down, and 10 points.
        assert_eq!((entry.score, entry.tier), (19 + 11 + 4 + 10, 0));
    }

    #[test]
    fn a_long_good_record_does_and_failures_take_it_back() {
        let mut entry = newcomer();
        for _ in 0..60 {
            record(&mut entry, OutcomeKind::Completed, 900);
        }
        assert_eq!((entry.score, entry.tier), (1_000, 3));
        for _ in 0..12 {
            record(&mut entry, OutcomeKind::InvalidProof, 0);
        }
        assert_eq!(entry.tier, 0);
    }

    #[test]
    fn the_score_never_leaves_its_range_and_counters_stop() {
        let mut entry = newcomer();
        record(&mut entry, OutcomeKind::DisputeLost, 0);
        assert_eq!(entry.score, 0);
        entry.completed = u32::MAX;
        entry.assigned = u32::MAX;
        entry.accuracy_sum = u32::MAX - 1;
        entry.events = 9_999;
        record(&mut entry, OutcomeKind::Completed, 1_000);
        assert_eq!((entry.completed, entry.assigned, entry.accuracy_sum), (u32::MAX, u32::MAX, u32::MAX));
        assert_eq!((entry.events, entry.score), (10_000, 1_000));
    }

    #[test]
    fn refuses_what_there_is_not_and_changes_nothing() {
        let mut entry = newcomer();
        for (kind, value) in [(0, 1_001), (6, 6), (7, 1_001), (1, 1), (8, 1)] {
            assert_eq!(entry.record(kind, value), Err(ReputationError::ValueOutOfRange));
        }
        for kind in 9..=255 {
            assert_eq!(entry.record(kind, 0), Err(ReputationError::UnknownKind));
        }
        assert_eq!((entry.assigned, entry.events, entry.score), (0, 0, 0));
    }
}
