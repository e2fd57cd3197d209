import { hostname } from 'node:os'
import { processName } from '../../../base/index.js'
import type { ProcessKind, ProcessReport } from '../../../orchestrate/index.js'

/** What this process says of itself in the store. @param claims what it does with queued runs; none by default */
export const ownReport = (
  kind: ProcessKind,
  version: string,
  claims: Pick<ProcessReport, 'runs' | 'capacity'> = { runs: 'none', capacity: 0 },
): ProcessReport => ({ name: processName(), kind, host: hostname(), version, ...claims })
