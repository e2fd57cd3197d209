import { once } from 'node:events'
import { createServer } from 'node:net'
import { platformErrors } from '../errors.js'

export interface WantedPort {
  /** The option that chooses another one. */
  readonly option: string
  readonly what: string
  readonly port: number
}

/** Whether everything is free that it is to listen on: who is told an address must find it there. @throws LOCAL_PORT_IN_USE, LOCAL_ADDRESS */
export async function requireFreePorts(host: string, wanted: readonly WantedPort[]): Promise<void> {
  for (const [i, { option, what, port }] of wanted.entries()) {
    const twin = wanted.slice(0, i).find((one) => one.port === port && port !== 0)
    if (twin)
      throw platformErrors.create('LOCAL_PORT_IN_USE', {
        message: `Port ${port} cannot be for ${twin.what} and for ${what}. Nothing was changed.`,
        hint: `Choose another one: ${option} ${port + 1}`,
      })
    const code = await refusal(host, port)
    if (code === undefined) continue
    if (code !== 'EADDRINUSE')
      throw platformErrors.create('LOCAL_ADDRESS', {
        message: `Nothing can listen on ${host}:${port} (${code}).`,
        hint: 'Name an address of this machine with --host, and a port above 1023.',
      })
    throw platformErrors.create('LOCAL_PORT_IN_USE', {
      message: `Port ${port}, for ${what}, is in use by another program. Nothing was changed.`,
      hint: `End that one, or choose another port: ${option} ${port + 1}`,
    })
  }
}

async function refusal(host: string, port: number): Promise<string | undefined> {
  if (port === 0) return undefined
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}
