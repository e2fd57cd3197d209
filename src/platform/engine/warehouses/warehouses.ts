import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute } from 'node:path'
import { type Logger, makeFolder, silentLogger } from '../../../base/index.js'
import type { ProfileTarget } from '../../../transform/index.js'
import {
  bigQueryCapabilities,
  duckDbCapabilities,
  openBigQuery,
  openDuckDb,
  openPostgres,
  openSnowflake,
  openSpark,
  postgresCapabilities,
  snowflakeCapabilities,
  sparkCapabilities,
  type Warehouse,
  type WarehouseCapabilities,
  withConnection,
} from '../../../warehouse/index.js'
import { platformErrors } from '../../errors.js'
import { bigQueryOptions } from '../profiles/bigquery-profile.js'
import { setupStatements } from '../profiles/duckdb-profile.js'
import { postgresOptions } from '../profiles/postgres-profile.js'
import { snowflakeOptions } from '../profiles/snowflake-profile.js'
import { sparkOptions } from '../profiles/spark-profile.js'
import { LendableWarehouse } from './lendable-warehouse.js'

/**
 * The warehouses this process has open, one per database. They stay open until the engine closes: opening a file is
 * dear, and everybody who asks for the same one shares it.
 */
export class Warehouses {
  readonly #open = new Map<string, LendableWarehouse>()
  readonly #searchFolders: readonly string[]
  readonly #logger: Logger

  /** @param searchFolders where relative file names in SQL are looked for: dbt runs in the folder of its project */
  constructor(searchFolders: readonly string[] = [], logger = silentLogger) {
    this.#searchFolders = searchFolders
    this.#logger = logger
  }

  /** A shared warehouse; closing what is returned closes nothing. */
  async open(target: ProfileTarget): Promise<Warehouse> {
    return this.#of(target).view()
  }

  /**
   * Does work for which another program needs the warehouse: a file that only one process may have open is closed here until it is done, once
   * nobody uses it.
   */
  async lend<T>(target: ProfileTarget, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (capabilitiesOf(target).servesSeveralProcesses) return work()
    const shared = this.#of(target)
    // The other program may be a later version, and make a file that this one cannot read; one that is there keeps its format.
    if (isMissing(target)) await (await shared.view(signal)).listSchemas(signal ? { signal } : {})
    return shared.lend(work, signal)
  }

  /** Whether another program has it now. */
  isAway(target: ProfileTarget): boolean {
    return this.#open.get(keyOf(target))?.isAway ?? false
  }

  /** Whether another program has any of them: who need not look now looks later. */
  get areAway(): boolean {
    return [...this.#open.values()].some(({ isAway }) => isAway)
  }

  #of(target: ProfileTarget): LendableWarehouse {
    const key = keyOf(target)
    let shared = this.#open.get(key)
    if (!shared) {
      shared = new LendableWarehouse(() => openTarget(target, this.#searchFolders, this.#logger))
      this.#open.set(key, shared)
    }
    return shared
  }

  get count(): number {
    return [...this.#open.values()].filter(({ isOpen }) => isOpen).length
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    for (const shared of all) await shared.close()
  }
}

const keyOf = (target: ProfileTarget) => JSON.stringify([target.type, target.credentials])

type Open = (target: ProfileTarget, searchFolders: readonly string[], logger: Logger) => Promise<Warehouse>

interface WarehouseEngine {
  readonly capabilities: WarehouseCapabilities
  readonly open: Open
  /** Opening it would make it. */
  readonly isMissing?: (target: ProfileTarget) => boolean
}

/** One place names the engines; each declares in its own folder what it can do. */
const engines: Readonly<Record<string, WarehouseEngine>> = {
  bigquery: {
    capabilities: bigQueryCapabilities,
    open: ({ credentials }) => openBigQuery(bigQueryOptions(credentials)),
  },
  duckdb: {
    capabilities: duckDbCapabilities,
    open: openDuckDbTarget,
    isMissing: ({ credentials }) => !existsSync(String(credentials.path ?? '')),
  },
  postgres: {
    capabilities: postgresCapabilities,
    open: ({ credentials }) => openPostgres(postgresOptions(credentials)),
  },
  snowflake: {
    capabilities: snowflakeCapabilities,
    open: ({ credentials }) => openSnowflake(snowflakeOptions(credentials)),
  },
  spark: {
    capabilities: sparkCapabilities,
    open: ({ credentials }) => openSpark(sparkOptions(credentials)),
  },
}

async function openDuckDbTarget(
  { credentials }: ProfileTarget,
  searchFolders: readonly string[],
  logger: Logger,
): Promise<Warehouse> {
  const path = String(credentials.path ?? ':memory:')
  // DuckDB refuses a folder that is not there. A fresh clone lacks those that git ignores; a misspelt one is to be noticed.
  if (isAbsolute(path) && makeFolder(dirname(path)))
    logger.info(`The folder ${dirname(path)} was not there; it is made, and in it a new ${basename(path)}.`)
  const warehouse = await openDuckDb({ path, searchFolders })
  try {
    await withConnection(warehouse, async (connection) => {
      for (const statement of setupStatements(credentials)) await connection.query(statement)
    })
  } catch (error) {
    await warehouse.close()
    throw error
  }
  return warehouse
}

/** What the engine of a target can do, without opening anything. @throws WAREHOUSE_TYPE_UNKNOWN */
export const capabilitiesOf = (target: ProfileTarget): WarehouseCapabilities => engineOf(target).capabilities

/** Whether a warehouse was never used, and opening it would make it. @throws WAREHOUSE_TYPE_UNKNOWN */
export const isMissing = (target: ProfileTarget): boolean => engineOf(target).isMissing?.(target) ?? false

async function openTarget(target: ProfileTarget, searchFolders: readonly string[], logger: Logger): Promise<Warehouse> {
  return engineOf(target).open(target, searchFolders, logger)
}

function engineOf(target: ProfileTarget) {
  const engine = engines[target.type]
  if (!engine)
    throw platformErrors.create('WAREHOUSE_TYPE_UNKNOWN', {
      message: `The target ${target.profileName}.${target.targetName} has the type \`${target.type}\`, which Millrace cannot open.`,
      hint: `Types that work: ${Object.keys(engines).join(', ')}. Change \`type\` in profiles.yml or name another target in millrace.yaml.`,
    })
  return engine
}
