import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Logger } from '../base/index.js'
import { serverErrors } from './errors.js'

/** PEM files. */
export interface TlsFiles {
  /** The certificate, with those between it and the authority behind it. */
  readonly certificate: string
  readonly key: string
}

const lookAgainMs = 60_000

/**
 * A server of HTTP; with a certificate one of HTTPS, and of nothing else. A certificate that is renewed is taken within a minute, for new
 * connections; one that cannot be read then leaves the former one.
 * @param lookEveryMs how often the files are looked at
 * @throws SERVER_TLS
 */
export function openHttpServer(
  tls: TlsFiles | undefined,
  answer: RequestListener,
  logger: Logger,
  { lookEveryMs = lookAgainMs }: { readonly lookEveryMs?: number } = {},
): Server {
  if (!tls) return createServer(answer)
  const server = createTlsServer(readTls(tls), answer)
  const renew = () => {
    try {
      server.setSecureContext(readTls(tls))
      logger.info(`The certificate ${tls.certificate} was renewed.`)
    } catch (error) {
      logger.warn(`The former certificate is used on: ${(error as Error).message}`)
    }
  }
  const files = [tls.certificate, tls.key]
  for (const file of files) watchFile(file, { interval: lookEveryMs, persistent: false }, renew)
  server.once('close', () => {
    for (const file of files) unwatchFile(file, renew)
  })
  return server
}

function readTls({ certificate, key }: TlsFiles) {
  const read = (file: string, setting: string) => {
    try {
      return readFileSync(file)
    } catch (cause) {
      throw serverErrors.create('SERVER_TLS', {
        message: `\`server.tls.${setting}\` names ${file}, which cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
        hint: 'Name a PEM file that whoever runs Millrace may read, relative to millrace.yaml.',
        cause,
      })
    }
  }
  const files = { cert: read(certificate, 'certificate'), key: read(key, 'key') }
  try {
    createSecureContext(files)
  } catch (cause) {
    throw serverErrors.create('SERVER_TLS', {
      message: `${certificate} and ${key} are no certificate with its key: ${(cause as Error).message}.`,
      hint: 'Both are PEM files; the key has no passphrase, and is the one that the certificate was made for.',
      cause,
    })
  }
  return files
}
