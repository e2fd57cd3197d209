import { int32At } from './int32-at.js'

/** A letter, and how long the rest is with this length itself: https://www.postgresql.org/docs/current/protocol-message-formats.html */
export const headBytes = 5

const nothing = Buffer.alloc(0)

/** Finds the server's messages in what comes from a socket. Only one that came in several reads is copied, and once. */
export class Messages {
  /** Where the message is that was found last. */
  bytes: Buffer = nothing
  start = 0
  end = 0
  #read: Buffer = nothing
  #at = 0
  /** A message that is not whole yet, and how many bytes it needs as far as is known. */
  #pieces: Buffer[] = []
  #kept = 0
  #wanted = 0

  /** Takes the next read, when all messages of the one before were found. */
  add(read: Buffer): void {
    this.#read = read
    this.#at = 0
  }

  /** Finds the next message. @returns whether there is a whole one */
  next(): boolean {
    if (this.#kept > 0) return this.#putTogether()
    const read = this.#read
    const at = this.#at
    const left = read.length - at
    const size = left < headBytes ? headBytes : sizeAt(read, at)
    if (left < size) {
      this.#wanted = size
      if (left > 0) this.#keep(left)
      return false
    }
    this.bytes = read
    this.start = at
    this.end = at + size
    this.#at = this.end
    return true
  }

  /** Everything from the message on that was found last. */
  get rest(): Buffer {
    const { bytes, start } = this
    return bytes === this.#read ? bytes.subarray(start) : Buffer.concat([bytes, this.#read.subarray(this.#at)])
  }

  #putTogether(): boolean {
    for (;;) {
      this.#keep(this.#wanted - this.#kept)
      if (this.#kept < this.#wanted) return false
      const message = Buffer.concat(this.#pieces)
      this.#wanted = sizeAt(message, 0)
      if (this.#kept >= this.#wanted) {
        this.#pieces = []
        this.#kept = 0
        this.bytes = message
        this.start = 0
        this.end = message.length
        return true
      }
      this.#pieces = [message]
    }
  }

  /** Keeps so many bytes of what was read, or as many as there are. */
  #keep(bytes: number): void {
    const piece = this.#read.subarray(this.#at, this.#at + bytes)
    this.#pieces.push(piece)
    this.#kept += piece.length
    this.#at += piece.length
  }
}

const sizeAt = (bytes: Uint8Array, at: number) => 1 + int32At(bytes, at + 1)
