import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** OpenSSH's server of this machine; undefined where there is none. */
export const sshdPath = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path))

export interface Sshd {
  readonly port: number
  /** The private key that its user logs in with. */
  readonly key: string
  /** A folder for the tests, which anybody may enter. */
  readonly dir: string
  stop(): Promise<void>
}

/** Starts it for the user who runs the tests. */
export async function startSshd(): Promise<Sshd> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-sshd-'))
  await chmod(dir, 0o755)
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
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
  const daemon: ChildProcess = spawn(sshdPath as string, ['-D', '-e', '-f', join(dir, 'config')], { stdio: 'ignore' })
  await answers(port)
  return {
    port,
    key: await readFile(join(dir, 'user'), 'utf8'),
    dir,
    async stop() {
      daemon.kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

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
