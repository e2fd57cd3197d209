import { visibleSettings } from '../../base/index.js'
import { PyDict } from '../../jinja/index.js'
import { engineOf } from '../adapter/engines/index.js'
import type { ProfileTarget } from '../contract.js'
import { toPython } from '../python/values.js'

/** `target.name`, `target.schema` and the profile's own keys, without its secrets. */
export function targetDict(target: ProfileTarget): PyDict {
  const { shownCredentials } = engineOf(target.type)
  const { schema, database } = target
  const own: Readonly<Record<string, unknown>> = {
    ...visibleSettings(target.credentials),
    schema,
    database,
    dbname: database,
  }
  return PyDict.from([
    ...Object.entries(shownCredentials).map(([key, unsaid]) => [key, toPython(own[key] ?? unsaid)] as const),
    ['type', target.type],
    ['threads', target.threads],
    ['name', target.targetName],
    ['target_name', target.targetName],
    ['profile_name', target.profileName],
  ])
}
