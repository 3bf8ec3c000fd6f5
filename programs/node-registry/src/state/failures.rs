use crate::state::node::Node;

impl Node {
    /// Counts a failure, and says whether it is the third within `window` seconds; then counting starts anew.
    ///
    /// A window that slides needs the times of the two failures before: the last one is when the node was last
    /// slashed (every failure slashes), the one before that is `window_started_at`.
    pub fn count_failure(&mut self, now: i64, window: i64) -> bool {
        let is_within = |then: i64| now.saturating_sub(then) <= window;
        if self.failures >= 2 && is_within(self.window_started_at) {
            self.failures = 0;
            return true;
        }
        if self.failures >= 1 && is_within(self.last_slashed_at) {
            self.failures = 2;
            self.window_started_at = self.last_slashed_at;
        } else {
            self.failures = 1;
            self.window_started_at = now;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: i64 = 7;

    /// Which of the failures at these times are a third one.
    fn thirds(times: &[i64]) -> [bool; 8] {
        // SAFETY: plain integers and bytes, for which zero is a value.
        let mut node: Node = unsafe { core::mem::zeroed() };
        let mut thirds = [false; 8];
        for (third, now) in thirds.iter_mut().zip(times) {
            *third = node.count_failure(*now, WINDOW);
            node.last_slashed_at = *now;
        }
        thirds
    }

    fn first_third(times: &[i64]) -> Option<usize> {
        thirds(times).iter().position(|third| *third)
    }

    #[test]
    fn the_third_within_the_window_counts_and_the_next_three_again() {
        assert_eq!(first_third(&[100, 103, 107]), Some(2));
        assert_eq!(first_third(&[100, 103, 108]), None);
        assert_eq!(thirds(&[1, 1, 1, 1, 1, 1, 1, 1]), [false, false, true, false, false, true, false, false]);
    }

    #[test]
    fn the_window_slides() {
        assert_eq!(first_third(&[100, 106, 108, 109]), Some(3));
        assert_eq!(first_third(&[100, 108, 116, 124]), None);
    }

    #[test]
    fn agrees_with_looking_at_all_failures() {
        let mut random = 1u64;
        for _ in 0..2_000 {
            let (mut times, mut now) = ([0i64; 8], 1_000i64);
            for time in &mut times {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                now += (random >> 60) as i64 % 6;
                *time = now;
            }
            // Failures since the last third one, all of them within the window.
            let (mut expected, mut start) = ([false; 8], 0);
            for last in 0..8 {
                if last >= start + 2 && times[last] - times[last - 2] <= WINDOW {
                    expected[last] = true;
                    start = last + 1;
                }
            }
            assert_eq!(thirds(&times), expected, "{times:?}");
        }
    }
}
