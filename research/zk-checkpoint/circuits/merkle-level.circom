pragma circom 2.1.0;

include "circomlib/circuits/sha256/sha256.circom";

// One step up RFC 6962's tree: SHA-256(0x01 ‖ left ‖ right). Where there is no such step on this path (`used` is 0),
// what is below goes up as it is. Bits stand as in the bytes, the highest of each byte first; all must be 0 or 1.
template MerkleLevel() {
  signal input below[256];
  signal input sibling[256];
  signal input siblingOnLeft;
  signal input used;
  signal output above[256];

  component node = Sha256(520);
  for (var bit = 0; bit < 8; bit++) {
    node.in[bit] <== bit == 7 ? 1 : 0;
  }
  signal exchanged[256];
  signal gained[256];
  for (var bit = 0; bit < 256; bit++) {
    exchanged[bit] <== siblingOnLeft * (sibling[bit] - below[bit]);
    node.in[8 + bit] <== below[bit] + exchanged[bit];
    node.in[264 + bit] <== sibling[bit] - exchanged[bit];
  }
  for (var bit = 0; bit < 256; bit++) {
    gained[bit] <== used * (node.out[bit] - below[bit]);
    above[bit] <== below[bit] + gained[bit];
  }
}
