import { withRoom } from '../../packed/page-text.js'
import { mostCharacters, tooLong } from './unread-text.js'

/** A piece of a body that a block reader may write over; what lies before `from` and behind `to` is free. */
export interface ByteBlock {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

/** Reads what is whole in a block. */
export interface BlockReader<T> {
  /** @returns what is to be handed on, and where that begins which goes on in the next block */
  read(block: ByteBlock): { readonly values: readonly T[]; readonly unread: Pick<ByteBlock, 'from' | 'to'> }
  /** What no block after it completes. */
  end(rest: Uint8Array): readonly T[]
}

/** Enough that a block costs nothing beside what is in it, and little beside the memory of a sync. */
const blockBytes = 512 * 1024
/** Before the first byte, so that a reader can put one around it. */
const firstByte = 1

/** Puts the pieces of a body together into blocks, each in memory of its own. @throws API_ANSWER_INVALID where something in it has no end */
export async function* readInBlocks<T>(
  body: AsyncIterable<Uint8Array>,
  reader: BlockReader<T>,
): AsyncIterable<readonly T[]> {
  let pieces: Uint8Array[] = []
  let size = 0
  let enough = blockBytes
  const read = () => {
    const bytes = Buffer.allocUnsafeSlow(withRoom(firstByte + size))
    let to = firstByte
    for (const piece of pieces) {
      bytes.set(piece, to)
      to += piece.length
    }
    const { values, unread } = reader.read({ bytes, from: firstByte, to })
    // What is unread would keep the block in memory, and may be written over.
    const rest = Uint8Array.from(bytes.subarray(unread.from, unread.to))
    if (rest.length > mostCharacters) throw tooLong(mostCharacters)
    pieces = [rest]
    size = rest.length
    // An end that goes on and on is looked at a few times only.
    enough = Math.max(blockBytes, size * 2)
    return values
  }
  for await (const piece of body) {
    pieces.push(piece)
    size += piece.length
    if (size < enough) continue
    const values = read()
    if (values.length > 0) yield values
  }
  const last = [...read(), ...reader.end(pieces[0] as Uint8Array)]
  if (last.length > 0) yield last
}
