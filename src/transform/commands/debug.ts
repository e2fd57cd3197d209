import { withConnection } from '../../warehouse/index.js'
import type { DbtCommand } from './invocation.js'

/** Which project, profile and database this is, and whether the database answers. */
export const debug: DbtCommand = async (invocation) => {
  const { io, log } = invocation
  const print = (msg: string) => log.fire('DebugCmdOut', { msg })
  const { root, target } = invocation.parse()
  print(`Project: ${root.dir}`)
  print(`Profile: ${target.profileName}, target ${target.targetName}`)
  print(`Adapter: ${target.type}`)
  print(`Database: ${target.database}, schema ${target.schema}`)
  const warehouse = await io.openWarehouse(target)
  try {
    await withConnection(warehouse, (connection) => connection.query('select 1', { signal: io.signal }))
  } finally {
    await warehouse.close()
  }
  print('Connection test: OK connection ok')
  print('All checks passed!')
  return 0
}
