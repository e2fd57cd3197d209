import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../base/index.js'
import { serverErrors } from './errors.js'

const portsToTry = 20

/** Listens on the wanted port, or on the next free one, and says so. @throws SERVER_PORT_IN_USE, SERVER_ADDRESS */
export async function listen(server: Server, host: string, wanted: number, logger: Logger): Promise<number> {
  const last = Math.min(wanted + portsToTry - 1, 65_535)
  for (let port = wanted; port <= last; port++) {
    const error = await tryPort(server, host, port)
    if (!error) {
      if (port !== wanted && wanted !== 0) logger.warn(`Port ${wanted} is in use; using ${port}.`)
      return (server.address() as AddressInfo).port
    }
    if (error.code !== 'EADDRINUSE') throw cannotListen(error, host, port)
  }
  throw serverErrors.create('SERVER_PORT_IN_USE', {
    message: `The ports ${wanted} to ${last} are all in use.`,
    hint: 'Choose another one with --port.',
  })
}

/** Listens on the wanted port alone. @returns undefined where that is taken; @throws SERVER_ADDRESS */
export async function listenOnly(server: Server, host: string, port: number): Promise<number | undefined> {
  const error = await tryPort(server, host, port)
  if (!error) return (server.address() as AddressInfo).port
  if (error.code === 'EADDRINUSE') return undefined
  throw cannotListen(error, host, port)
}

function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(port, host, () => {
      server.off('error', resolve)
      resolve(undefined)
    })
  })
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number) {
  return serverErrors.create('SERVER_ADDRESS', {
    message: `Nothing can listen on ${host}:${port} (${cause.code}).`,
    hint:
      cause.code === 'EACCES'
        ? 'Ports below 1024 need more rights; choose another one with --port.'
        : 'Name an address of this machine: --host 127.0.0.1, or --host 0.0.0.0 for all of them.',
    cause,
  })
}
