import { runDoctor } from '../../platform/index.js'
import { type GlobalOptions, project, stderrLogger } from '../globals.js'
import { out } from '../output/colors.js'

const marks = { ok: out.green('ok     '), warning: out.yellow('warning'), failed: out.red('failed ') }

export async function doctor(options: GlobalOptions): Promise<number> {
  let failed = false
  for await (const finding of runDoctor(await project(options), { env: process.env, logger: stderrLogger(options) })) {
    failed ||= finding.status === 'failed'
    if (options.json) console.log(JSON.stringify(finding))
    else
      console.log(
        `${marks[finding.status]} ${finding.title}: ${finding.detail}${finding.error?.hint ? `\n        ${out.cyan('hint')} ${finding.error.hint}` : ''}`,
      )
  }
  return failed ? 1 : 0
}
