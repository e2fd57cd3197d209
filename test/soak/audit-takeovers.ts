import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'

interface Told {
  readonly id: string
  readonly run_id: string
  readonly type: string
  readonly step: string | null
  readonly message: string | null
}

/** With these a run has another holder: it was claimed, or taken up by the run worker that was launched for it. */
const beginsHolder = ({ type, message }: Told) =>
  type === 'run_started' || type === 'run_resumed' || (message?.startsWith('Taken up by the run worker ') ?? false)

/** What only who works on a step can tell. */
const ofWork = new Set(['asset_materialized', 'check_evaluated', 'step_retrying'])

/** A line of user code: which process it is. */
const byProcess = /^by process (\d+)$/

/** Of each run, in the order in which it was told: nobody tells anything once somebody else has it. */
export async function auditTakeovers(
  client: pg.Client,
): Promise<{ readonly findings: Findings; readonly takeovers: number }> {
  const { rows } = await client.query<Told>(
    "select id, run_id, type, step, message from events where run_id <> '' order by run_id, id",
  )
  const late: string[] = []
  const mixed: string[] = []
  let [run, takeovers] = ['', 0]
  let begun = new Set<string | null>()
  let holder: string | undefined
  for (const told of rows) {
    const { id, run_id, type, step, message } = told
    if (run_id !== run || beginsHolder(told)) {
      if (type === 'run_resumed') takeovers++
      begun = new Set()
      holder = undefined
    }
    run = run_id
    if (type === 'step_started') begun.add(step)
    if (ofWork.has(type) && !begun.has(step)) late.push(`${run_id} ${step} ${type} (event ${id})`)
    const pid = byProcess.exec(message ?? '')?.[1]
    if (pid === undefined) continue
    if (holder !== undefined && holder !== pid) mixed.push(`${run_id} ${step}: ${holder} and ${pid} (event ${id})`)
    holder = pid
  }
  return {
    takeovers,
    findings: {
      'nothing is told of a step by who did not start it since the run was taken over': late,
      'between two takeovers one process works on a run': mixed,
    },
  }
}
