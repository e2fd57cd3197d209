import type { StepExecutor } from '../../orchestrate/index.js'
import type { DbtEngine } from './dbt/dbt-engine.js'
import { DbtExecutor } from './dbt/dbt-executor.js'
import { DbtRuntime, type DbtRuntimeOptions } from './dbt/dbt-runtime.js'
import { DbtCoreExecutor } from './dbt-core/dbt-core-executor.js'
import { DbtCoreRuntime } from './dbt-core/dbt-core-runtime.js'

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
