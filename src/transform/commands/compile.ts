import { writeManifest } from '../artifacts/write.js'
import { inlineNode } from './inline-node.js'
import type { DbtCommand } from './invocation.js'

/** Writes the SQL of nodes below target/compiled; what was asked for by name is printed too. */
export const compile: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const { inline, select, selector, noWriteJson } = invocation.flags
    const { signal } = invocation.io
    if (inline !== undefined) {
      invocation.info('Compiled inline node is:')
      invocation.io.stdout(await session.runner(inlineNode(session.project, inline), { signal }).compileOnly())
      return 0
    }
    const isPrinting = select !== undefined || selector !== undefined
    const ids = invocation.select(session.project, ['model', 'test', 'analysis', 'snapshot'])
    await invocation.prepare(session, ids)
    for (const id of ids) {
      const node = session.manifest.nodes[id]
      if (!node) continue
      const sql = await session.runner(node, { signal }).compileOnly()
      if (!isPrinting) continue
      invocation.info(`Compiled node '${node.name}' is:`)
      invocation.io.stdout(`${sql}\n`)
    }
    if (!noWriteJson) writeManifest(session.manifest, session.targetDir)
    return 0
  })
