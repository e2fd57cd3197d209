/** A transaction by its number, which is the same on every server that has it: MySQL's `uuid:42`, MariaDB's `domain-server-42`. */
export interface Gtid {
  /** Who numbers: MySQL's UUID of the server that wrote it first, MariaDB's domain. */
  readonly source: string
  /** The server that wrote it first; only MariaDB's. */
  readonly server: number
  readonly number: bigint
}

/** Transactions by their numbers: those that were read, or that a server has. Two that meet are of one kind. */
export interface Gtids {
  /** As the servers write it. */
  readonly text: string
  copy(): this
  add(gtid: Gtid): void
  /** Has all that the other one has. */
  covers(other: this): boolean
  /** What both have. */
  common(other: this): this
  /** Says of a transaction of a log that is read from behind `start` on whether it is among these. */
  readFrom(start: this): (gtid: Gtid) => boolean
}
