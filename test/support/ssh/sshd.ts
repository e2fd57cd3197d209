import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.js'

/** OpenSSH's server of this machine; undefined where there is none. */
export const sshdPath = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path))

/** It serves the user who runs the tests, in a folder of its own, on a free port of this machine. */
export class Sshd {
  readonly port: number
  /** The text of a private key that may log in. */
  readonly key: string
  /** A folder for the tests, which anybody may enter. */
  readonly dir: string
  readonly #daemon: ChildProcess

  private constructor(dir: string, port: number, key: string, daemon: ChildProcess) {
    this.dir = dir
    this.port = port
    this.key = key
    this.#daemon = daemon
  }

  static async start(): Promise<Sshd> {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-sshd-'))
    await chmod(dir, 0o755)
    for (const name of ['host', 'user']) makeKey(join(dir, name))
    await writeFile(join(dir, 'authorized'), await readFile(join(dir, 'user.pub')))
    // Where it leaves the user what it needs to drop its rights; systems make it when the service starts.
    await mkdir('/run/sshd', { recursive: true }).catch(() => {})
    const port = await freePort()
    const settings = `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(dir, 'host')}
AuthorizedKeysFile ${join(dir, 'authorized')}
StrictModes no
PasswordAuthentication no
PidFile none
UsePAM no
Subsystem sftp internal-sftp
`
    await writeFile(join(dir, 'config'), settings)
    const daemon = spawn(sshdPath as string, ['-D', '-e', '-f', join(dir, 'config')], { stdio: 'ignore' })
    await answers(port)
    return new Sshd(dir, port, await readFile(join(dir, 'user'), 'utf8'), daemon)
  }

  /** Settings of a tunnel over it. @param knownHosts the name of the file that says which servers are known */
  tunnel(more: Readonly<Record<string, unknown>>, knownHosts = 'known'): Record<string, unknown> {
    return {
      tunnel_host: '127.0.0.1',
      tunnel_port: this.port,
      tunnel_user: userInfo().username,
      tunnel_known_hosts: join(this.dir, knownHosts),
      ...more,
    }
  }

  /** The text of a private key that may not log in. */
  async foreignKey(): Promise<string> {
    const path = join(this.dir, 'other')
    if (!existsSync(path)) makeKey(path)
    return readFile(path, 'utf8')
  }

  async stop(): Promise<void> {
    this.#daemon.kill()
    await rm(this.dir, { recursive: true, force: true })
  }
}

const makeKey = (path: string) => execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])

async function answers(port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('sshd does not listen')
}
