import { commandLine, dbtEnvironment } from './command-line.js'
import type { DbtCore } from './contract.js'
import { type DbtProcessOptions, runProcess } from './dbt-process.js'

/**
 * Hands a command line to dbt as it is. Answers its exit code.
 * @throws TRANSFORM_DBT_MISSING
 */
export async function runCoreCommand(
  dbt: DbtCore,
  argv: readonly string[],
  options: Omit<DbtProcessOptions, 'env'> & { readonly isTty: boolean },
): Promise<number> {
  const line = commandLine(dbt, argv)
  const colors = options.isTty || dbt.env.DBT_USE_COLORS !== undefined ? {} : { DBT_USE_COLORS: 'false' }
  const { code } = await runProcess(line, { ...options, env: { ...dbtEnvironment(dbt), ...colors } })
  // As a shell says it of a program that was interrupted.
  return code ?? 130
}
