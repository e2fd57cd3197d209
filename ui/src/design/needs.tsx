import type { ReactNode } from 'react'
import type { Role } from '../../../src/server/contract/index.js'
import { useMay } from '../api/session.js'

/** What only some may do is not shown to the others. */
export function Needs({ least, children }: { least: Role; children: ReactNode }) {
  return useMay(least) ? children : null
}
