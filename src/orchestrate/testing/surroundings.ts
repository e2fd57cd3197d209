import type { CheckOutcome } from '../authoring/checks/check.js'
import type { AnyAsset } from '../authoring/define.js'
import { assetOfInput, inputsIn } from '../authoring/inputs.js'
import { type ResourceDefinition, type Resources, requireResources } from '../authoring/resource.js'
import type { ListedFile } from '../authoring/sensor.js'
import { rowsOf } from '../authoring/table-rows.js'
import { isTable } from '../authoring/tables.js'
import type { CheckEvents, Metadata } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { CodeSurroundings } from '../workers/code-context.js'
import type { CheckHistoryQuestion, Report } from '../workers/messages.js'

/** Answers SQL, as the warehouse would. */
export type TestQuery = (sql: string) => Promise<readonly object[]> | readonly object[]

/** What every piece may be given. */
export interface TestSurroundings {
  /** Answers the SQL that it asks. `memoryWarehouse()` has one that really works. */
  readonly query?: TestQuery
  /** Answers which files a sensor finds. */
  readonly files?: (path: string) => Promise<readonly ListedFile[]> | readonly ListedFile[]
  /** Instead of what its resources open to, by the names that its code uses. The others are opened. */
  readonly resources?: Readonly<Record<string, unknown>>
  /** The folder of the project; the current one when left out. */
  readonly projectDir?: string
  readonly signal?: AbortSignal
}

/** What checks are told was there before, each the newest first. */
export interface GivenHistory {
  readonly materializations?: readonly GivenMaterialization[]
  /** Of whichever check asks. */
  readonly outcomes?: readonly (GivenMaterialization & CheckOutcome)[]
}

export interface GivenMaterialization {
  /** Now, when left out. */
  readonly at?: Date | string
  readonly partition?: string
  readonly metadata?: Metadata
}

/** What it did besides answering. */
export interface Noted {
  readonly log: string[]
  readonly reports: Report[]
}

export function surroundings(
  { query, files, resources = {}, projectDir = process.cwd(), signal = new AbortController().signal }: TestSurroundings,
  of: {
    readonly name: string
    readonly resources?: Resources | undefined
    readonly definitions: CodeSurroundings['definitions']
  },
  given: {
    readonly inputs?: Readonly<Record<string, unknown>> | undefined
    readonly made?: (value: unknown) => void
    readonly checked?: { readonly value?: unknown } | undefined
    readonly history?: GivenHistory | undefined
  },
): { readonly around: CodeSurroundings; readonly noted: Noted } {
  const noted: Noted = { log: [], reports: [] }
  const ask = async (sql: string) => {
    if (query) return [...(await query(sql))]
    throw wrong(`${of.name} asks the warehouse: ${sql.trim()}`, 'Give the test a `query` that answers it.')
  }
  const around: CodeSurroundings = {
    definitions: of.definitions,
    project: { file: 'definitions.ts', projectDir },
    signal,
    query: ask,
    read: async function* (sql) {
      yield await ask(sql)
    },
    files: async (path) => {
      if (files) return files(path)
      throw wrong(`${of.name} looks for files: ${path}`, 'Give the test `files` that answers which there are.')
    },
    print: (_, message) => noted.log.push(message),
    tell: (report) => noted.reports.push(report),
    history: async (check, most) => historyOf(check, given.history ?? {}, most),
    given: {
      resources: replaced(of, resources),
      inputs: async (asset) => inputsOf(asset, given.inputs ?? {}, ask),
      made: given.made ?? (() => {}),
      checked: given.checked,
    },
  }
  return { around, noted }
}

function historyOf(
  { asset, name, partition: only }: CheckHistoryQuestion,
  { materializations = [], outcomes = [] }: GivenHistory,
  most: number,
): CheckEvents {
  const isAsked = ({ partition }: GivenMaterialization) => only === undefined || partition === only
  const event = ({ at = new Date(), partition, metadata = {} }: GivenMaterialization) =>
    ({ id: 0, at: new Date(at).toISOString(), runId: 'earlier', asset, partitions: partition, metadata }) as const
  return {
    materializations: materializations
      .filter(isAsked)
      .slice(0, most)
      .map((one) => ({ ...event(one), type: 'asset_materialized' })),
    outcomes: outcomes
      .filter(isAsked)
      .slice(0, most)
      .map((one) => {
        const { passed, severity = 'error', message } = one
        return { ...event(one), type: 'check_evaluated', check: name, level: passed ? 'info' : severity, message }
      }),
  }
}

function replaced(
  { name, resources = {} }: { readonly name: string; readonly resources?: Resources | undefined },
  values: Readonly<Record<string, unknown>>,
): ReadonlyMap<ResourceDefinition<unknown>, unknown> {
  requireResources(name, resources)
  const found = new Map<ResourceDefinition<unknown>, unknown>()
  for (const [key, value] of Object.entries(values)) {
    const definition = resources[key]
    if (!definition) throw wrong(`${name} has no resource \`${key}\`.`, `It has: ${namesOf(resources)}.`)
    found.set(definition, value)
  }
  return found
}

/** As code gets them: rows may be given as an array, or be read by the query. */
function inputsOf(
  asset: AnyAsset,
  values: Readonly<Record<string, unknown>>,
  ask: (sql: string) => Promise<readonly object[]>,
): Readonly<Record<string, unknown>> {
  const inputs = Object.fromEntries(inputsIn(asset))
  const foreign = Object.keys(values).find((name) => !Object.hasOwn(inputs, name))
  if (foreign !== undefined) throw wrong(`${asset.key} has no input \`${foreign}\`.`, `It has: ${namesOf(inputs)}.`)
  const found: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const read = assetOfInput(input)
    const value = values[name]
    if (isTable(read)) found[name] = rowsOf(() => piecesOf(value, () => ask(`select * from ${read}`)), String(read))
    else if (Object.hasOwn(values, name)) found[name] = value
    else throw wrong(`${asset.key} reads \`${name}\`.`, `Give the test a value: inputs: { ${name}: … }.`)
  }
  return found
}

async function* piecesOf(value: unknown, read: () => Promise<readonly object[]>): AsyncIterable<readonly object[]> {
  if (value === undefined) yield await read()
  else for await (const row of value as AsyncIterable<object> | Iterable<object>) yield [row]
}

const namesOf = (all: object) => Object.keys(all).join(', ') || 'none'

export const wrong = (message: string, hint: string) => orchestrateErrors.create('TEST_INVALID', { message, hint })
