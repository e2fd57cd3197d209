import { didYouMean } from '../../base/index.js'
import type { Engine } from './engines/index.js'

/** Strategies that dbt knows; an adapter need not have them all. */
const builtinStrategies: ReadonlySet<string> = new Set([
  'append',
  'delete+insert',
  'merge',
  'insert_overwrite',
  'microbatch',
])

/** `get_incremental_delete_insert_sql`: the macro that brings new rows into a table in this way. */
export const strategyMacroName = (strategy: string) => `get_incremental_${strategy.replaceAll('+', '_')}_sql`

/** What is wrong with an `incremental_strategy`: it is one of dbt's that the engine has not, or nobody's. */
export function strategyProblem(
  strategy: string,
  { incrementalStrategies }: Pick<Engine, 'incrementalStrategies'>,
  hasMacro: (name: string) => boolean,
): { readonly message: string; readonly hint: string } | undefined {
  const known = incrementalStrategies.join(', ')
  if (builtinStrategies.has(strategy) && !incrementalStrategies.includes(strategy))
    return { message: `The incremental strategy '${strategy}' is not valid for this adapter`, hint: `Use ${known}.` }
  const macro = strategyMacroName(strategy)
  if (hasMacro(macro)) return undefined
  return {
    message: `dbt could not find an incremental strategy macro with the name "${macro}" in the project.`,
    hint: `${didYouMean(strategy, incrementalStrategies) ?? ''} Use ${known}, or write the macro.`.trim(),
  }
}
