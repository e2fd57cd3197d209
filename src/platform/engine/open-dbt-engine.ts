import type { StepExecutor } from '../../orchestrate/index.js'
import { DbtCoreExecutor } from './dbt-core/dbt-core-executor.js'
import { DbtCoreRuntime } from './dbt-core/dbt-core-runtime.js'
import type { DbtEngine } from './dbt-engine.js'
import { DbtExecutor } from './dbt-executor.js'
import { DbtRuntime, type DbtRuntimeOptions } from './dbt-runtime.js'

/** The engine of dbt nodes that millrace.yaml names. */
export function openDbtEngine(options: DbtRuntimeOptions): {
  readonly dbt: DbtEngine
  readonly executor: StepExecutor
} {
  const { dbtCore, dbtDir } = options.project
  if (dbtCore && dbtDir !== undefined) {
    const dbt = new DbtCoreRuntime({ ...options, dbtCore, dbtDir })
    return { dbt, executor: new DbtCoreExecutor(dbt) }
  }
  const dbt = new DbtRuntime(options)
  return { dbt, executor: new DbtExecutor(dbt) }
}
