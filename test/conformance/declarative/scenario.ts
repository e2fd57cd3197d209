import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonical, readExact } from './exact-json.js'
import type { Route } from './scripted-server.js'

export type Command = 'spec' | 'check' | 'discover' | 'read'

/** What `scenario.json` says; README.md explains it. */
export interface Scenario {
  readonly name: string
  readonly folder: string
  readonly now: string
  readonly steps: readonly ScenarioStep[]
  readonly features: readonly string[]
  readonly ordered_streams?: readonly string[]
  readonly state_sequence?: boolean
  /** Who waits by chance, for the oracle; none of the waits is compared then. */
  readonly ignore_sleeps_of?: readonly string[]
  /** In PEM, by names: signatures that are others each time are compared by whose they are. */
  readonly public_keys?: Readonly<Record<string, string>>
}

export interface ScenarioStep {
  readonly id: string
  readonly command: Command
  readonly streams?: readonly string[]
  readonly config?: string
  readonly config_patch?: Readonly<Record<string, unknown>>
  readonly catalog?: string
  readonly manifest?: string
  readonly now?: string
  readonly state?: string
}

/** The scenarios of this repository. */
export const scenariosFolder = new URL('../../golden/declarative/', import.meta.url).pathname

export function scenarioNames(): string[] {
  return readdirSync(scenariosFolder).filter((name) => existsSync(join(scenariosFolder, name, 'scenario.json')))
}

export function readScenario(name: string): Scenario {
  const folder = join(scenariosFolder, name)
  return { ...(readFile(folder, 'scenario.json') as Omit<Scenario, 'name' | 'folder'>), name, folder }
}

export const routesOf = (scenario: Scenario) =>
  (readFile(scenario.folder, 'responses.json') as { routes: Route[] }).routes

export const goldenOf = (scenario: Scenario) =>
  (readFile(scenario.folder, 'golden.json') as { steps: Record<string, GoldenStep> }).steps

/** What a step did. Of a read, all that matters of its messages. */
export interface GoldenStep {
  readonly exit_code: number
  readonly connection_status?: { readonly status: string; readonly message?: string }
  readonly catalog?: { readonly streams: readonly { readonly name: string }[] }
  readonly spec?: unknown
  readonly streams?: Readonly<Record<string, GoldenStream>>
  readonly errors: readonly {
    readonly stream: string | null
    readonly failure_type: string | null
    readonly message?: string | null
    readonly internal_message?: string | null
  }[]
  readonly controls?: readonly unknown[]
  readonly requests: readonly { readonly count: number }[]
  readonly sleeps: readonly (readonly [who: string, seconds: number])[]
  readonly unmatched_requests?: readonly string[]
}

export interface GoldenStream {
  readonly statuses: readonly string[]
  readonly records: readonly unknown[]
  readonly record_count: number
  /** Path and bytes of the files that the records are about. */
  readonly files?: readonly (readonly [path: string, sizeBytes: number])[]
  readonly state: unknown
  readonly state_sequence?: readonly unknown[]
  readonly state_record_count: number | null
}

export const readFile = (folder: string, file: string): unknown => readExact(readFileSync(join(folder, file), 'utf8'))

/** Fills in where the server is. */
export function filled<T>(value: T, baseUrl: string): T {
  if (typeof value === 'string') return value.replaceAll('{{base_url}}', baseUrl) as T
  if (Array.isArray(value)) return value.map((item) => filled(item, baseUrl)) as T
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [filled(key, baseUrl), filled(item, baseUrl)]),
  ) as T
}

/** Whether the order of a stream's records says something; those of others are sorted. */
export const isOrdered = (scenario: Scenario, stream: string): boolean =>
  [stream, '*'].some((one) => scenario.ordered_streams?.includes(one))

export const byText = (a: unknown, b: unknown): number => (canonical(a) < canonical(b) ? -1 : 1)
