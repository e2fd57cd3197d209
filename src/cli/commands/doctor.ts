import pc from 'picocolors'
import { runDoctor } from '../../platform/index.js'
import { type GlobalOptions, project, stderrLogger } from '../globals.js'

const marks = { ok: pc.green('ok     '), warning: pc.yellow('warning'), failed: pc.red('failed ') }

export async function doctor(options: GlobalOptions): Promise<number> {
  let failed = false
  for await (const finding of runDoctor(await project(options), { env: process.env, logger: stderrLogger(options) })) {
    failed ||= finding.status === 'failed'
    if (options.json) console.log(JSON.stringify(finding))
    else
      console.log(
        `${marks[finding.status]} ${finding.title}: ${finding.detail}${finding.error?.hint ? `\n        ${pc.cyan('hint')} ${finding.error.hint}` : ''}`,
      )
  }
  return failed ? 1 : 0
}
