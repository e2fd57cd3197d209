import { lineDiff, shortDiff } from '../../base/index.js'
import type { ConnectionSpec, Definitions, NewConnectionEvent } from '../contract/index.js'

type Connections = Pick<Definitions, 'connections'>

/** A text of a thousand changed lines says no more than its beginning. */
const mostLines = 40

/** Which connections were made, changed and removed from one state of the project to the next, as their files say. */
export function connectionChanges(before: Connections | undefined, after: Connections): NewConnectionEvent[] {
  const known = new Map((before?.connections ?? []).map((one) => [one.name, one]))
  const events = after.connections.flatMap((one): NewConnectionEvent[] => {
    const former = known.get(one.name)
    known.delete(one.name)
    if (!former) return [event(one, 'created', `${one.sourceConnector} → ${one.destinationConnector}, ${one.file}`)]
    return former.yaml === one.yaml ? [] : [event(one, 'settings_changed', changedLines(former.yaml, one.yaml))]
  })
  return [...events, ...[...known.values()].map((gone) => event(gone, 'removed', `${gone.file} is gone`))]
}

const event = ({ name }: ConnectionSpec, type: NewConnectionEvent['type'], message: string): NewConnectionEvent => ({
  connection: name,
  type,
  by: 'file',
  message,
})

function changedLines(before: string, after: string): string {
  const lines = shortDiff(lineDiff(before, after), 1).map(({ sign, text }) => `${sign} ${text}`)
  const shown = lines.slice(0, mostLines)
  return [...shown, ...(lines.length > mostLines ? [`… ${lines.length - mostLines} more lines`] : [])]
    .join('\n')
    .trimEnd()
}
