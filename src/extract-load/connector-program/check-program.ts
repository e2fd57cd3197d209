import type { CheckResult } from '../contract.js'
import type { ConnectorProgram } from './connector-program.js'

/** Whether the connector can reach what its settings name. @throws whatever asking throws */
export async function checkProgram(program: ConnectorProgram): Promise<CheckResult> {
  const { connectionStatus } = await program.ask('check', 'CONNECTION_STATUS')
  const message = connectionStatus.message ?? undefined
  return { status: connectionStatus.status === 'SUCCEEDED' ? 'succeeded' : 'failed', message }
}
