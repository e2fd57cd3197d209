import type { RemoteProblem } from '../remote/remote-error.js'
import { statusCodes } from './packets.js'
import { Refused, SessionLost } from './session.js'

const sameLogin = '`sftp` with the same user, server and key must work on this machine.'

/** Why a server gives no files, in words; undefined where it has nothing to do with the server. */
export function sessionProblem(error: unknown, timeoutMs: number): RemoteProblem | undefined {
  const permanent = { advice: { isPermanent: true }, cause: error }
  if (error instanceof Refused)
    return error.code === statusCodes.permissionDenied
      ? {
          type: 'denied',
          what: `the server answered: ${error.message}`,
          hint: 'Give the user who logs in the right to read the files and folders of the path.',
          ...permanent,
        }
      : { type: 'failed', what: `the server answered: ${error.message}`, hint: 'Look up what it says.', ...permanent }
  if (error instanceof RangeError) return { ...notFiles, ...permanent }
  return error instanceof SessionLost ? { ...lossProblem(error, timeoutMs), cause: error } : undefined
}

const notFiles = {
  type: 'failed',
  what: 'what the server answered is not SFTP',
  hint: `A script that runs at logins may print something (.bashrc): ${sameLogin}`,
} as const

function lossProblem({ reason, message, wasNew }: SessionLost, timeoutMs: number): RemoteProblem {
  const permanent = { isPermanent: true }
  const passing = { isPermanent: false }
  switch (reason) {
    case 'no ssh':
      return {
        type: 'no program',
        what: 'there is no program `ssh` on this machine',
        hint: 'Install OpenSSH’s client (Debian: openssh-client).',
        advice: permanent,
      }
    case 'no files':
      return { ...notFiles, advice: permanent }
    case 'silent':
      return {
        type: 'unreachable',
        what: `the server was silent for ${timeoutMs / 1000} s`,
        hint: 'Run the sync again; set `timeout_seconds` of the stream when the server needs longer.',
        advice: passing,
      }
    case 'ended': {
      const what = message === '' ? 'the connection broke' : message
      const hint = wasNew ? loginHint(message) : undefined
      return hint === undefined
        ? {
            type: 'unreachable',
            what,
            hint: `Check the address and the network, and run the sync again: ${sameLogin}`,
            advice: passing,
          }
        : { type: 'denied', what, hint, advice: permanent }
    }
  }
}

/** What to do where ssh itself gave up; undefined where trying again may help. */
function loginHint(words: string): string | undefined {
  if (/permission denied|authentication/i.test(words))
    return `Set \`username\` and \`password\` or \`private_key\` (its text, without a passphrase) below \`sftp\`: ${sameLogin}`
  if (/host key verification/i.test(words))
    return 'The server has another key than it had, which may be somebody else’s. Where you know why, correct its line in the file of `known_hosts` (~/.ssh/known_hosts).'
  if (/subsystem/i.test(words)) return 'The server has no SFTP, or not for this user.'
  return undefined
}
