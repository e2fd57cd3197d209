import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { temporaryFolder } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import { type SshLogin, sshArguments } from '../ssh/ssh-login.js'
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

/**
 * Reaches a database by way of an SSH server. Each connection has an `ssh -W` of its own, the program of this machine with its own list of
 * known servers: it ends with the connection, and with this process, however that ends.
 */
export async function openTunnel(
  settings: SshSettings,
  target: { readonly host: string; readonly port: number },
): Promise<SshTunnel> {
  const folder = await temporaryFolder('tunnel')
  const { args, server: name, env } = await sshArguments(loginOf(settings), folder)
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

const loginOf = (settings: SshSettings): SshLogin => ({
  host: settings.tunnel_host,
  port: settings.tunnel_port,
  user: settings.tunnel_user,
  knownHosts: settings.tunnel_known_hosts,
  ...(settings.tunnel_method === 'SSH_PASSWORD_AUTH'
    ? { password: settings.tunnel_user_password }
    : { privateKey: settings.ssh_key }),
})

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
