import { isMap, parseDocument } from 'yaml'
import type { CronTimes } from '../../orchestrate/index.js'

/** millrace.yaml with the schedule of a connection of a server. Comments and everything else stay. */
export function withSchedule(
  text: string,
  { server, connection }: { readonly server: string; readonly connection: string },
  { cron, timezone }: { readonly cron: CronTimes; readonly timezone: string },
): string {
  const document = parseDocument(text)
  const path = ['airbyte', server, 'schedules']
  if (!isMap(document.getIn(path))) document.setIn(path, document.createNode({}))
  const schedule = document.createNode({ cron, timezone }, { flow: true })
  document.setIn([...path, connection], schedule)
  return document.toString({ lineWidth: 0 })
}
