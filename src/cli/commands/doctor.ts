import { plural } from '../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { out } from '../output/colors.js'
import { errorLines } from '../output/error-lines.js'

const marks = { ok: out.green('ok     '), warning: out.yellow('warning'), failed: out.red('failed ') }

export const doctor: CommandDefinition = {
  name: 'doctor',
  summary: 'Check that everything is in order',
  details: 'It looks at Node, folders, disk, store, project, warehouse, every connection and the port.',
  examples: [['millrace doctor', 'exit code 1 when something failed']],
  json: 'one finding a line: {title, status: "ok", "warning" or "failed", detail, error?}',
  async run(options: GlobalOptions) {
    const { runDoctor } = await import('../../platform/index.js')
    let [failed, warned] = [0, 0]
    for await (const finding of runDoctor(await openProject(options), stackOptions())) {
      if (finding.status === 'failed') failed++
      if (finding.status === 'warning') warned++
      if (options.json) console.log(JSON.stringify(finding))
      else {
        console.log(`${marks[finding.status]} ${finding.title}${finding.error ? '' : `: ${finding.detail}`}`)
        if (finding.error) for (const line of errorLines(finding.error)) console.log(`        ${line}`)
      }
    }
    const verdict =
      failed > 0
        ? `${failed} found that will not work.`
        : warned > 0
          ? `It works; ${plural(warned, 'warning')} to look at.`
          : 'Everything is in order.'
    if (!options.json) console.log(`\n${verdict}`)
    return failed === 0 ? 0 : 1
  },
}
