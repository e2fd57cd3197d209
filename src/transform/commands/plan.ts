import { plural, sizeText } from '../../base/index.js'
import type { ManifestNode } from '../contract.js'
import type { Plan, PlannedNode, PlannedTest, PlanReason } from '../plan/contract.js'
import { makePlan } from '../plan/make-plan.js'
import { commandResourceTypes } from '../select/index.js'
import type { DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'

/** What a build of the selection would change and why; nothing is run. Exit code 1 when something in it would fail. */
export const plan: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const { project } = session
    const { select, exclude, selector, against, json, noCheckColumns } = invocation.flags
    const ids = selectionOf(invocation, project, commandResourceTypes.build)
    if (invocation.flags.defer) await invocation.prepare(session, ids)
    const memory = invocation.former.memory(project, against)
    const made = await makePlan(session, {
      ids,
      memory: memory.read(),
      against: against ?? project.target.targetName,
      isWhole: select === undefined && exclude === undefined && selector === undefined,
      checksColumns: !noCheckColumns,
    })
    if (json) invocation.print(JSON.stringify(made))
    else {
      // A bare dbt project compares by --state only, as with dbt.
      const selectsByState = invocation.io.memoryDir !== undefined
      for (const line of planLines(made, { isRemembered: memory.exists, selectsByState })) invocation.print(line)
    }
    return made.problems.length > 0 ? 1 : 0
  })

const signs = { new: '+', changed: '~', upstream: '>', removed: '-', unchanged: ' ' } as const

interface PlanWords {
  readonly isRemembered: boolean
  /** Whether `state:` selects by what is remembered. */
  readonly selectsByState: boolean
}

/** A plan as a person reads it. */
function planLines(made: Plan, options: PlanWords): string[] {
  const { isRemembered } = options
  const changing = made.nodes.filter(({ status }) => status !== 'unchanged')
  const unchanged = made.nodes.length - changing.length
  const place = made.against === made.target ? 'what ran last there' : `what ran last in ${made.against}`
  const lines = [
    isRemembered
      ? `Plan for target ${made.target} (profile ${made.profile}), compared with ${place}:`
      : `Plan for target ${made.target} (profile ${made.profile}). Nothing ran there yet that is remembered, so everything is new:`,
    '',
    ...changing.flatMap(nodeLines),
    // The first time all of them are new.
    ...(isRemembered ? made.changedTests.map(testLine) : []),
  ]
  if (changing.length === 0 && (made.changedTests.length === 0 || !isRemembered)) lines.push('  Nothing changed.')
  if (unchanged > 0) lines.push('', `${plural(unchanged, 'other node')} as before.`)
  for (const { message, hint, at, frame } of made.problems)
    lines.push(
      '',
      `Error: ${message}${hint ? ` ${hint}` : ''}`,
      ...(at === undefined ? [] : [`  at ${[at.file, at.line, at.column].filter(Boolean).join(':')}`]),
      ...(frame === undefined ? [] : frame.split('\n').map((line) => `  ${line}`.trimEnd())),
    )
  return [...lines, '', ...summaryLines(made, changing, options)]
}

const testLine = ({ status, name, reasons }: PlannedTest): string =>
  `${signs[status]} ${name} (test): ${status === 'changed' ? reasons.map(reasonWords).join('; ') : status}`

function nodeLines(node: PlannedNode): string[] {
  const { status, relation, materialized, resourceType, reasons, action, readsBytes, last, notes, diff } = node
  const kind = resourceType === 'model' ? materialized : resourceType
  const why = status === 'new' || status === 'removed' ? status : reasons.map(reasonWords).join('; ')
  const lines = [`${signs[status]} ${relation} (${kind}): ${why}`]
  if (action) {
    const reads = readsBytes === undefined ? '' : `; reads ${sizeText(readsBytes)}`
    lines.push(`    ${action.does}${reads}${last ? `; last time ${lastWords(last)}` : ''}`)
    for (const drop of action.drops) lines.push(`    drops ${drop}`)
    if (action.alters.length > 0) lines.push(`    columns: ${action.alters.join(', ')}`)
  }
  for (const note of notes) lines.push(`    note: ${note}`)
  if (diff.length > 0) lines.push(...diff.map(({ sign, text }) => `      ${sign} ${text}`.trimEnd()))
  return lines
}

const reasonNames: Readonly<Record<PlanReason['kind'], string>> = {
  body: 'its SQL was changed',
  seed: 'its file was changed',
  config: 'config',
  macro: 'macro',
  relation: 'was',
  contract: 'its contract was changed',
  description: 'its persisted descriptions were changed',
  vars: 'variables give other SQL',
  upstream: 'reads',
}

function reasonWords({ kind, details }: PlanReason): string {
  if (details.length === 0) return reasonNames[kind]
  const shown = details.length > 3 ? [...details.slice(0, 3), `${details.length - 3} more`] : details
  return `${reasonNames[kind]} ${shown.join(', ')}`
}

function lastWords({ seconds, rows }: NonNullable<PlannedNode['last']>): string {
  const took = `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`
  return rows === null ? took : `${plural(rows, 'row')} in ${took}`
}

/** Tests, and what reads tables that are not there yet, come on top of it. */
function readWords(reads: readonly number[], of: number): string {
  const all = sizeText(reads.reduce((sum, bytes) => sum + bytes, 0))
  return reads.length === of
    ? `It reads ${all}, tests aside.`
    : `${reads.length} of them read ${all}, tests aside; of the others it is not known.`
}

function summaryLines(
  { tests, problems }: Plan,
  changing: readonly PlannedNode[],
  { selectsByState }: PlanWords,
): string[] {
  const running = changing.filter(({ action }) => action !== undefined)
  if (running.length === 0 && tests.length === 0)
    return [changing.length > 0 && problems.length > 0 ? 'Nothing could be built.' : 'Nothing to build.']
  const counts = new Map<string, number>()
  for (const { resourceType } of running) counts.set(resourceType, (counts.get(resourceType) ?? 0) + 1)
  const seconds = running.reduce((sum, { last }) => sum + (last?.seconds ?? 0), 0)
  const what = [...counts].map(([type, count]) => plural(count, type as ManifestNode['resource_type']))
  if (tests.length > 0) what.push(plural(tests.length, 'test'))
  const reads = running.flatMap(({ readsBytes }) => readsBytes ?? [])
  const read = reads.length > 0 ? ` ${readWords(reads, running.length)}` : ''
  return [
    `${running.length === 0 ? 'To run' : 'To build'}: ${what.join(', ')}${seconds > 0 ? `; what ran before took ${seconds.toFixed(2)} s` : ''}.${read}`,
    selectsByState
      ? 'Nothing was run. `millrace dbt build --select state:new state:modified+` builds what changed.'
      : 'Nothing was run. `millrace dbt build` builds all of it. To build only what changed, put a millrace.yaml with `name:` and `dbt:` beside the project.',
  ]
}
