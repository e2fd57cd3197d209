import { initProject } from '../../platform/index.js'
import type { GlobalOptions } from '../globals.js'

export async function init(dir: string | undefined, options: GlobalOptions & { force?: boolean }): Promise<number> {
  const target = dir ?? '.'
  const files = await initProject(target, { force: options.force ?? false })
  if (options.json) console.log(JSON.stringify({ dir: target, files }))
  else
    console.log(
      `${files.length} files written to ${target}.\n\nNext:\n  cd ${target}\n  npm install        # the example data\n  millrace up`,
    )
  return 0
}
