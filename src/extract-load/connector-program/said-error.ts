import { redact } from '../../base/index.js'
import { type ProgramRole, programError } from '../program-error.js'
import type { TraceError } from '../protocol/messages.js'

/** The error that a connector's TRACE message tells of. */
export function saidError(role: ProgramRole, { message, internal_message, failure_type }: TraceError) {
  const more = internal_message && internal_message !== message ? ` (${internal_message.split('\n')[0]})` : ''
  const text = redact(`${message}${more}`)
  return failure_type === 'config_error'
    ? programError(role, 'CONFIG_REFUSED', {
        message: text,
        hint: `The connector means its settings: look at \`${role}.config.config\` of the connection.`,
      })
    : programError(role, 'FAILED', {
        message: text,
        hint:
          failure_type === 'transient_error'
            ? 'The connector takes it for something that passes: try again later.'
            : 'What the connector wrote before stands in the log of the run.',
      })
}
