import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Command, commandOf } from '../support/millrace.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] })

/** Whether this machine lets us make network namespaces: it takes root, the right NET_ADMIN, and iproute2. */
export function canMakeNamespaces(): boolean {
  const name = `millrace-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

/** A machine, as far as the network tells: a namespace with a host name of its own, and one cable to this one. */
export interface Machine {
  /** As the machine reaches this one. */
  readonly host: string
  readonly port: number
  /** Runs `millrace <args>` there. Whoever starts it ends it. */
  millrace(projectDir: string, args: readonly string[], env: Readonly<Record<string, string>>): Command
  /** Pulls the cable out: nobody is told, packets are lost. */
  cut(): void
  mend(): void
  remove(): Promise<void>
}

/**
 * @param number each has a network of its own, 10.231.<number>.0/30
 * @param target the port of this machine that it reaches, and nothing else
 */
export async function addMachine(number: number, target: number): Promise<Machine> {
  const name = `millrace-${process.pid}-${number}`
  const [here, there] = [`mr${process.pid % 100_000}h${number}`, `mr${process.pid % 100_000}t${number}`]
  const host = `10.231.${number}.1`
  ip('netns', 'add', name)
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
  ip('addr', 'add', `${host}/30`, 'dev', here)
  ip('link', 'set', here, 'up')
  ip('-n', name, 'addr', 'add', `10.231.${number}.2/30`, 'dev', there)
  ip('-n', name, 'link', 'set', there, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const { server, port } = await forward(host, target)
  return {
    host,
    port,
    millrace(projectDir, args, env) {
      const inside = ['netns', 'exec', name, 'unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name]
      const child = spawn('ip', [...inside, process.execPath, main, '--project-dir', projectDir, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env },
      })
      return commandOf(child)
    },
    cut: () => void ip('link', 'set', here, 'down'),
    mend: () => void ip('link', 'set', here, 'up'),
    async remove() {
      server.close()
      ip('netns', 'del', name)
    },
  }
}

/** Hands connections on to a port of 127.0.0.1. Whoever listens there notices as little of a cable that is cut as anybody does. */
async function forward(host: string, target: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((near: Socket) => {
    const far = connect(target, '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  }).listen(0, host)
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}
