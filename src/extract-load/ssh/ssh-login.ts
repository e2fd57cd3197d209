import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface SshLogin {
  readonly host: string
  /** Left out, what ssh is set up for. */
  readonly port?: number | undefined
  readonly user?: string | undefined
  /** A file with the keys of servers that are trusted; ssh's own when left out. */
  readonly knownHosts?: string | undefined
  readonly password?: string | undefined
  /** The text of a private key. Without it and without a password ssh takes one of its own. */
  readonly privateKey?: string | undefined
}

export interface SshArguments {
  readonly args: readonly string[]
  /** What follows all arguments. */
  readonly server: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const connectSeconds = 10

/**
 * How ssh logs in: nothing secret stands in its arguments, which other users can read.
 * @param folder where files lie as long as it runs; nobody else may read it
 */
export async function sshArguments(login: SshLogin, folder: string): Promise<SshArguments> {
  const { host, port, user, knownHosts, password, privateKey } = login
  const args = [
    '-o',
    'StrictHostKeyChecking=accept-new',
    '-o',
    `ConnectTimeout=${connectSeconds}`,
    '-o',
    'ServerAliveInterval=15',
  ]
  if (port !== undefined) args.push('-p', String(port))
  if (user !== undefined) args.push('-l', user)
  if (knownHosts !== undefined) args.push('-o', `UserKnownHostsFile="${knownHosts.replaceAll('"', '')}"`)
  // What begins with a dash would be taken for an option.
  const server = ['--', host]
  if (password !== undefined) {
    const program = join(folder, 'password.sh')
    await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$MILLRACE_SSH_PASSWORD"\n', { mode: 0o700 })
    const ways = ['-o', 'PreferredAuthentications=password,keyboard-interactive', '-o', 'NumberOfPasswordPrompts=1']
    return {
      args: [...args, '-o', 'PubkeyAuthentication=no', ...ways],
      server,
      env: {
        SSH_ASKPASS: program,
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: ':0',
        MILLRACE_SSH_PASSWORD: password,
      },
    }
  }
  const batch = [...args, '-o', 'BatchMode=yes']
  if (privateKey === undefined) return { args: batch, server, env: {} }
  const file = join(folder, 'key')
  await writeFile(file, privateKey.endsWith('\n') ? privateKey : `${privateKey}\n`, { mode: 0o600 })
  return { args: [...batch, '-o', 'IdentitiesOnly=yes', '-i', file], server, env: {} }
}
