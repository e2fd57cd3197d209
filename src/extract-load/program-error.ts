import type { ErrorDetails } from '../base/index.js'
import { extractLoadErrors } from './errors.js'

/** What a connector is to the connection that runs it. */
export type ProgramRole = 'source' | 'destination'

const prefixes = { source: 'SOURCE', destination: 'DESTINATION' } as const

type Problem = 'PROGRAM_MISSING' | 'PROGRAM_FAILED' | 'CONFIG_REFUSED' | 'FAILED' | 'SILENT' | 'PROTOCOL_BROKEN'

/** What went wrong with the program of a connector, by the name of its role: `SOURCE_SILENT`, `DESTINATION_SILENT`. */
export const programError = (role: ProgramRole, problem: Problem, details: ErrorDetails) =>
  extractLoadErrors.create(`${prefixes[role]}_${problem}`, details)
