import { join } from 'node:path'
import type { DbtCore } from '../../../transform/index.js'
import type { Project } from '../../contract.js'

/** The dbt that the project names; undefined where Millrace runs its nodes. */
export function installedDbt(
  { dbtCore, dbtDir, dir, stateDir, warehouse }: Project,
  env: Readonly<Record<string, string | undefined>>,
): DbtCore | undefined {
  if (!dbtCore || dbtDir === undefined) return undefined
  return {
    command: dbtCore.command,
    programsDir: dir,
    projectDir: dbtDir,
    workDir: join(stateDir, 'dbt-core'),
    profile: warehouse.profile,
    target: warehouse.target,
    env,
  }
}
