/**
 * 300 rows of 8 features and a label, in three classes that any classifier can tell apart; the same every time.
 * The last column is the label.
 */
export function threeClassesCsv(rows = 300): string {
  // A linear congruential generator: enough for noise, and the same on every machine.
  let state = 12345;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = row % 3;
    const features = Array.from({ length: 8 }, (_, i) => ((i % 3 === label ? 1 : 0) + noise() * 0.5).toFixed(4));
    return [...features, label].join(",");
  });
  return `${lines.join("\n")}\n`;
}
