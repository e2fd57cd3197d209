import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { temporaryFolder } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import type { SshSettings, TunnelSettings } from './tunnel-settings.js'

export interface SshTunnel {
  /** Of this machine: connections there are connections to the database. */
  readonly port: number
  /** What ssh said last, where it could not connect. */
  readonly lastWords: string | undefined
  /** There is no ssh on this machine. */
  readonly isMissing: boolean
  close(): Promise<void>
}

const connectSeconds = 10

/**
 * Reaches a database by way of an SSH server. Each connection has an `ssh -W` of its own, the program of this machine with its own list of
 * known servers: it ends with the connection, and with this process, however that ends.
 */
export async function openTunnel(
  settings: SshSettings,
  target: { readonly host: string; readonly port: number },
): Promise<SshTunnel> {
  const folder = await temporaryFolder('tunnel')
  const { args, server: name, env } = await login(settings, folder)
  const children = new Set<ChildProcess>()
  let lastWords: string | undefined
  let isMissing = false
  const server = createServer((socket) => {
    const child = spawn('ssh', [...args, '-W', `${target.host}:${target.port}`, ...name], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    children.add(child)
    child.on('close', () => children.delete(child))
    child.on('error', (error: NodeJS.ErrnoException) => {
      isMissing ||= error.code === 'ENOENT'
    })
    joinStreams(socket, child, (words) => {
      lastWords = words
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get lastWords() {
      return lastWords
    },
    get isMissing() {
      return isMissing
    },
    async close() {
      server.close()
      for (const child of children) child.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** How ssh ends when there is no way to the database; a session that was ended by the database is none of its failures. */
const sshFailed = 255

/**
 * What one side says the other one hears, until either is gone.
 * @param onFailed is told why ssh gave up, before the socket ends
 */
function joinStreams(socket: Socket, child: ChildProcess, onFailed: (words: string) => void): void {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) return
  socket.pipe(stdin)
  stdout.pipe(socket, { end: false })
  for (const stream of [socket, stdin, stdout]) stream.on('error', () => {})
  let words: string | undefined
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words = text.trim().split('\n').at(-1) || words
  })
  child.on('error', () => socket.destroy())
  child.on('close', (code) => {
    if (code === sshFailed && words !== undefined) onFailed(words)
    socket.end()
  })
  socket.on('close', () => child.kill())
}

/** How ssh logs in: nothing of it stands in its arguments, which other users can read. */
async function login(settings: SshSettings, folder: string) {
  const args = [
    '-o',
    'StrictHostKeyChecking=accept-new',
    '-o',
    `ConnectTimeout=${connectSeconds}`,
    '-o',
    'ServerAliveInterval=15',
    '-p',
    String(settings.tunnel_port),
    '-l',
    settings.tunnel_user,
  ]
  const { tunnel_known_hosts: known } = settings
  if (known !== undefined) args.push('-o', `UserKnownHostsFile="${known.replaceAll('"', '')}"`)
  // What begins with a dash would be taken for an option.
  const server = ['--', settings.tunnel_host]
  if (settings.tunnel_method === 'SSH_PASSWORD_AUTH') {
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
        MILLRACE_SSH_PASSWORD: settings.tunnel_user_password,
      },
    }
  }
  const { ssh_key: key } = settings
  const batch = [...args, '-o', 'BatchMode=yes']
  if (key === undefined) return { args: batch, server, env: {} }
  const file = join(folder, 'key')
  await writeFile(file, key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 })
  return { args: [...batch, '-o', 'IdentitiesOnly=yes', '-i', file], server, env: {} }
}

/** Why a database was not reached, where it was the tunnel. */
export function tunnelError(tunnel: SshTunnel | undefined, settings: TunnelSettings): unknown {
  if (tunnel?.isMissing)
    return extractLoadErrors.create('SOURCE_PROGRAM_MISSING', {
      message: 'The source is reached by an SSH tunnel, but there is no program `ssh` on this machine.',
      hint: 'Install OpenSSH’s client (Debian: openssh-client), or reach the database without `tunnel_method`.',
    })
  if (!tunnel?.lastWords || settings.tunnel_method === 'NO_TUNNEL') return undefined
  const { tunnel_host: host, tunnel_port: port, tunnel_user: user } = settings
  return extractLoadErrors.create('SOURCE_UNREACHABLE', {
    message: `The SSH tunnel over ${user}@${host}:${port} leads nowhere: ${tunnel.lastWords}`,
    hint: 'Check `tunnel_method` of the source; `ssh` with the same user, server and key must work on this machine, and be allowed to forward connections. `host` and `port` of the database are meant as that server sees them.',
  })
}
