/** The transactions that a snapshot sees: `pg_current_snapshot()` prints `xmin:xmax:xip,xip`. */
export class VisibleTransactions {
  readonly #first: bigint
  readonly #next: bigint
  readonly #running: ReadonlySet<bigint>

  constructor(snapshot: string) {
    const [first = '0', next = '0', running = ''] = snapshot.split(':')
    this.#first = BigInt(first)
    this.#next = BigInt(next)
    this.#running = new Set(
      running
        .split(',')
        .filter((xid) => xid !== '')
        .map(BigInt),
    )
  }

  /** @param xid as the log has it: the low 32 bits of a number that goes on */
  has(xid: number): boolean {
    const full = this.#full(xid)
    return full < this.#first || (full < this.#next && !this.#running.has(full))
  }

  /** The number nearest to the snapshot: transactions are never half of 2^32 apart. */
  #full(xid: number): bigint {
    const full = (this.#next & ~0xffff_ffffn) | BigInt(xid)
    const apart = full - this.#next
    if (apart > 0x8000_0000n) return full - 0x1_0000_0000n
    return apart < -0x8000_0000n ? full + 0x1_0000_0000n : full
  }
}
