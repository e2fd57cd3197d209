import type { z } from 'zod'
import { durationHint, parseDuration, registerSecret, type YamlDocument } from '../../base/index.js'
import type { AirbyteServer } from '../contract.js'
import { platformErrors } from '../errors.js'
import type { airbyteServerSchema } from './airbyte-schema.js'

type Written = z.infer<typeof airbyteServerSchema>

const [usualRefresh, usualPoll, usualPatience] = ['5m', '10s', '15m']

/** The servers of Airbyte that millrace.yaml names. @throws PROJECT_INVALID */
export function airbyteServers(
  servers: Readonly<Record<string, Written>> | undefined,
  document: YamlDocument,
): readonly AirbyteServer[] {
  return Object.entries(servers ?? {}).map(([name, written]) => {
    const path = ['airbyte', name]
    for (const secret of [written.client_secret, written.password, written.token])
      if (secret !== undefined) registerSecret(secret)
    const duration = (key: 'refresh_interval' | 'poll_interval' | 'patience', usual: string) => {
      const ms = parseDuration(written[key] ?? usual)
      if (ms !== undefined && ms > 0) return ms
      throw invalid(
        document,
        [...path, key],
        `\`${path.join('.')}.${key}: ${written[key]}\` is not a duration.`,
        durationHint,
      )
    }
    const schedules = Object.entries(written.schedules ?? {}).map(
      ([connection, { cron, timezone = 'UTC' }]) => [connection, { cron, timezone }] as const,
    )
    return {
      name,
      url: written.url.replace(/\/+$/, ''),
      credentials: credentialsOf(written, document, path),
      workspace: written.workspace,
      connections: written.connections,
      refreshMs: duration('refresh_interval', usualRefresh),
      pollMs: duration('poll_interval', usualPoll),
      patienceMs: duration('patience', usualPatience),
      schedules: new Map(schedules),
      at: { ...document.locate(path), file: 'millrace.yaml' },
    }
  })
}

const ways = [
  ['client_id', 'client_secret'],
  ['username', 'password'],
  ['token', 'token'],
] as const

/** One way to sign in, or none. */
function credentialsOf(written: Written, document: YamlDocument, path: string[]): AirbyteServer['credentials'] {
  const begun = ways.filter((keys) => keys.some((key) => written[key] !== undefined))
  const place = path.join('.')
  const [way, other] = begun
  if (way && other)
    throw invalid(
      document,
      [...path, other.find((key) => written[key] !== undefined) ?? ''],
      `\`${place}\` signs in twice: with \`${way[0]}\` and with \`${other[0]}\`.`,
      'Leave one of them: client_id and client_secret, username and password, or token.',
    )
  const missing = way?.find((key) => written[key] === undefined)
  if (missing !== undefined)
    throw invalid(
      document,
      path,
      `\`${missing}\` is missing in \`${place}\`.`,
      `It belongs to \`${way?.find((key) => key !== missing)}\`: \`${missing}: "\${AIRBYTE_${missing.toUpperCase()}}"\`.`,
    )
  const { client_id: clientId, client_secret: clientSecret, username, password, token } = written
  if (clientId !== undefined && clientSecret !== undefined) return { type: 'application', clientId, clientSecret }
  if (username !== undefined && password !== undefined) return { type: 'basic', username, password }
  return token === undefined ? { type: 'none' } : { type: 'token', token }
}

const invalid = (document: YamlDocument, path: readonly string[], message: string, hint: string) =>
  platformErrors.create('PROJECT_INVALID', { message, ...document.show(path), hint })
