import { writeManifest } from '../artifacts/write.js'
import type { DbtCommand } from './invocation.js'

export const parse: DbtCommand = (invocation) => {
  const project = invocation.parse()
  if (!invocation.flags.noWriteJson) writeManifest(project.manifest, invocation.targetDir(project))
  invocation.info(`Parsed ${Object.keys(project.manifest.nodes).length} nodes.`)
  return 0
}
