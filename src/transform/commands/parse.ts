import { writeManifest } from '../artifacts/write.js'
import { projectCounts } from './invocation/counts.js'
import type { DbtCommand } from './invocation/invocation.js'

export const parse: DbtCommand = (invocation) => {
  const project = invocation.parse()
  if (!invocation.flags.noWriteJson)
    writeManifest(project.manifest, invocation.targetDir(project), { isUntouched: true })
  invocation.log.fire('FoundStats', { stat_line: projectCounts(project.manifest) })
  return 0
}
