import type { Flag } from './dbt-flags.js'
import { logFlags } from './table/log-flags.js'
import { ownFlags } from './table/own-flags.js'
import { parsingFlags } from './table/parsing-flags.js'
import { runFlags } from './table/run-flags.js'
import { selectionFlags } from './table/selection-flags.js'

/** All flags of the dbt command line, in the order in which help lists them. */
export const flags: readonly Flag[] = [...selectionFlags, ...runFlags, ...logFlags, ...parsingFlags, ...ownFlags]
