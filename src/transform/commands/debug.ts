import { withConnection } from '../../warehouse/index.js'
import type { DbtCommand } from './invocation.js'

/** Which project, profile and database this is, and whether the database answers. */
export const debug: DbtCommand = async (invocation) => {
  const { io } = invocation
  const { root, target } = invocation.parse()
  io.stdout(`Project: ${root.dir}`)
  io.stdout(`Profile: ${target.profileName}, target ${target.targetName}`)
  io.stdout(`Adapter: ${target.type}`)
  io.stdout(`Database: ${target.database}, schema ${target.schema}`)
  const warehouse = await io.openWarehouse(target)
  try {
    await withConnection(warehouse, (connection) => connection.query('select 1', { signal: io.signal }))
  } finally {
    await warehouse.close()
  }
  io.stdout('Connection test: OK connection ok')
  io.stdout('All checks passed!')
  return 0
}
