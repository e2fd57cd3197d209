import type { Mapping, SourceServices } from '../../component-contract.js'
import { compileGet, setPath } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { type ReadTime, readTime } from './read-time.js'

export interface FetchedToken {
  readonly token: string
  readonly expires: ReadTime
  readonly refreshToken: string | undefined
}

/** Where the token of an authenticator is kept. */
export interface TokenStore {
  token(): string | undefined
  /** From then on it is not used any more; -Infinity where there is none. */
  expiresAtMs(): number
  /** Resolves when it cannot be lost any more. */
  keep(fetched: FetchedToken): Promise<void>
}

/** Kept while the source is read: it is fetched again the next time. */
export function tokenInMemory(first: string | undefined, expiresAtMs: number): TokenStore {
  let kept = { token: first, expiresAtMs }
  return {
    token: () => kept.token,
    expiresAtMs: () => (kept.token === undefined ? -Infinity : kept.expiresAtMs),
    keep: async ({ token, expires }) => {
      kept = { token, expiresAtMs: expires.ms }
    },
  }
}

export interface ConfigPaths {
  readonly accessToken: readonly string[]
  readonly refreshToken: readonly string[]
  readonly expiryDate: readonly string[]
}

/** Kept in the config itself, of which everybody is told: a refresh token that may be used once must outlive the sync. */
export function tokenInConfig(config: Mapping, paths: ConfigPaths, services: SourceServices): TokenStore {
  const at = (path: readonly string[]) => configText(config, path)
  const put = (path: readonly string[], value: string) => setPath(config as Record<string, unknown>, path, value)
  return {
    token: () => at(paths.accessToken) || undefined,
    expiresAtMs: () => {
      const text = at(paths.expiryDate)
      const time = text === '' || at(paths.accessToken) === '' ? { ms: -Infinity } : readTime(text)
      if (time) return time.ms
      throw failure('MANIFEST_CONFIG_INVALID', {
        message: `The settings have \`${text}\` at ${paths.expiryDate.join('.')}, which is no time.`,
        hint: 'Empty it: then a new token is fetched.',
        failureType: 'system_error',
      })
    },
    keep: async ({ token, expires, refreshToken }) => {
      put(paths.accessToken, token)
      if (refreshToken !== undefined) put(paths.refreshToken, refreshToken)
      put(paths.expiryDate, expires.text)
      await services.say({ type: 'control', config: structuredClone(config) })
    },
  }
}

/** The text at a path of the config; empty where there is none. */
export function configText(config: Mapping, path: readonly string[]): string {
  const value = compileGet(path)(config)
  return value === undefined || value === null ? '' : String(value)
}
