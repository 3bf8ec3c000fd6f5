pragma circom 2.1.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/sha256/sha256.circom";
include "merkle-level.circom";

// Knowledge of a checkpoint hash and a path of at most `depth` siblings, so that the leaf of epoch `epoch` with that
// hash lies under `root` where `siblingOnLeft` and `used` (bit i: level i, from the leaf) say. docs/proof.md has the
// bytes: the leaf's hash is SHA-256(0x00 ‖ 0x01 ‖ epoch (u32 LE) ‖ checkpoint hash).
template CheckpointPath(depth) {
  signal input rootHigh; // the first 16 bytes, as a number
  signal input rootLow;
  signal input epoch;
  signal input siblingOnLeft;
  signal input used;

  signal input checkpoint[256];
  signal input siblings[depth][256];

  for (var bit = 0; bit < 256; bit++) {
    checkpoint[bit] * (checkpoint[bit] - 1) === 0;
    for (var level = 0; level < depth; level++) {
      siblings[level][bit] * (siblings[level][bit] - 1) === 0;
    }
  }

  component epochBits = Num2Bits(32);
  epochBits.in <== epoch;
  component leaf = Sha256(304);
  for (var bit = 0; bit < 16; bit++) {
    leaf.in[bit] <== bit == 15 ? 1 : 0;
  }
  for (var byte = 0; byte < 4; byte++) {
    for (var bit = 0; bit < 8; bit++) {
      leaf.in[16 + 8 * byte + bit] <== epochBits.out[8 * byte + 7 - bit];
    }
  }
  for (var bit = 0; bit < 256; bit++) {
    leaf.in[48 + bit] <== checkpoint[bit];
  }

  component onLeftBits = Num2Bits(depth);
  component usedBits = Num2Bits(depth);
  onLeftBits.in <== siblingOnLeft;
  usedBits.in <== used;

  component levels[depth];
  for (var level = 0; level < depth; level++) {
    levels[level] = MerkleLevel();
    levels[level].sibling <== siblings[level];
    levels[level].siblingOnLeft <== onLeftBits.out[level];
    levels[level].used <== usedBits.out[level];
    if (level == 0) {
      levels[level].below <== leaf.out;
    } else {
      levels[level].below <== levels[level - 1].above;
    }
  }

  component high = Bits2Num(128);
  component low = Bits2Num(128);
  for (var bit = 0; bit < 128; bit++) {
    high.in[127 - bit] <== levels[depth - 1].above[bit];
    low.in[127 - bit] <== levels[depth - 1].above[128 + bit];
  }
  high.out === rootHigh;
  low.out === rootLow;
}
