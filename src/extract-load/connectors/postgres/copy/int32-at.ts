/** A whole number of 32 bits, the highest byte first. Buffer's own method looks at its arguments first, which takes longer than this. */
export const int32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number)
