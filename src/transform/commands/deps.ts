import type { DbtCommand } from './invocation.js'

export const deps: DbtCommand = (invocation) => {
  invocation.info('Packages in dbt_packages and local packages are used as they are; nothing was downloaded.')
  return 0
}
