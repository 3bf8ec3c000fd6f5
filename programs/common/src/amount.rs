/// One whole in basis points.
pub const BASIS_POINTS: u64 = 10_000;

/// `amount × basis_points ÷ 10,000`, rounded down, without leaving 64 bits: the amount is taken apart into whole
/// ten-thousands and the rest. `basis_points` above 10,000 counts as 10,000, so the result never exceeds `amount`.
#[inline(always)]
pub const fn share(amount: u64, basis_points: u16) -> u64 {
    let points = if basis_points as u64 > BASIS_POINTS { BASIS_POINTS } else { basis_points as u64 };
    (amount / BASIS_POINTS) * points + (amount % BASIS_POINTS) * points / BASIS_POINTS
}

/// `amount × done ÷ whole`, rounded down, without leaving 64 bits: the amount is taken apart into multiples of the whole
/// and the rest. More than the whole counts as the whole; of a whole of zero, nothing is done.
#[inline(always)]
pub const fn part(amount: u64, done: u32, whole: u32) -> u64 {
    if whole == 0 {
        return 0;
    }
    let (done, whole) = (if done > whole { whole } else { done } as u64, whole as u64);
    // Neither product overflows: the first is at most `amount`, the factors of the second fit 32 bits.
    (amount / whole).wrapping_mul(done) + (amount % whole).wrapping_mul(done) / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_agrees_with_128_bit_arithmetic() {
        for amount in [0, 1, 2, 6, 999, 7_000_000_000, u64::MAX - 1, u64::MAX] {
            for whole in [1, 2, 3, 7, 100, u32::MAX - 1, u32::MAX] {
                for done in [0, 1, 2, 3, 7, 99, 100, u32::MAX] {
                    let exact = u128::from(amount) * u128::from(done.min(whole)) / u128::from(whole);
                    assert_eq!(u128::from(part(amount, done, whole)), exact);
                }
            }
            assert_eq!(part(amount, 1, 0), 0);
        }
    }

    #[test]
    fn agrees_with_128_bit_arithmetic() {
        let mut amount = 1u64;
        while amount < u64::MAX / 3 {
            for amount in [amount - 1, amount, amount + 1, u64::MAX - amount, u64::MAX] {
                for points in [0u16, 1, 799, 800, 1_000, 9_000, 9_200, 9_999, 10_000, 10_001, u16::MAX] {
                    let whole = u128::from(amount) * u128::from(points.min(10_000)) / 10_000;
                    assert_eq!(u128::from(share(amount, points)), whole);
                }
            }
            amount = amount * 3 + 1;
        }
    }
}
