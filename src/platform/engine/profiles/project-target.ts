import { join } from 'node:path'
import { type ProfileTarget, readProfileTarget } from '../../../transform/index.js'
import type { Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'

/** The target that is the project's warehouse. */
export async function projectTarget(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProfileTarget> {
  if (project.dbtDir === undefined) return ownWarehouse(project)
  return readProfileTarget({
    projectDir: project.dbtDir,
    profile: project.warehouse.profile,
    target: project.warehouse.target,
    env,
  })
}

/** Where there is no dbt project, and so no profile: a DuckDB file of Millrace's own. */
function ownWarehouse({ name, stateDir, warehouse: { profile, target } }: Project): ProfileTarget {
  if (profile !== undefined || target !== undefined)
    throw platformErrors.create('WAREHOUSE_NOT_CONFIGURED', {
      message: `The project ${name} names a dbt profile or target as its warehouse, but has no dbt project.`,
      hint: 'Name the folder of the dbt project with `dbt:` in millrace.yaml, or remove `warehouse`: a DuckDB file below .millrace/ is used then.',
    })
  return {
    profileName: name,
    targetName: 'default',
    type: 'duckdb',
    threads: 1,
    database: 'warehouse',
    schema: 'main',
    credentials: { type: 'duckdb', path: join(stateDir, 'warehouse.duckdb') },
  }
}
