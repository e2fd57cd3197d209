import { type ProgramRole, programError } from '../program-error.js'
import { whyBroken } from '../protocol/messages.js'

/** The error of a line that `readMessage` cannot read and that was to be a message which must not be passed over; undefined for any other. */
export function brokenMessage(role: ProgramRole, line: string): Error | undefined {
  const why = whyBroken(line)
  if (why === undefined) return undefined
  return programError(role, 'PROTOCOL_BROKEN', {
    message: `The connector wrote ${why}.`,
    hint: 'Nothing behind it was committed: passed over, it would lose rows or settings. Ask who maintains the connector.',
  })
}
