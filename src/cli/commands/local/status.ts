import type { LocalStatus } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { localOptions } from '../../local-options.js'
import { factLines } from '../../output/fact-lines.js'
import { megabytes } from '../../output/megabytes.js'
import { localTime } from '../../output/run-words.js'
import { packageVersion } from '../../package-version.js'

export const status: CommandDefinition = {
  name: 'status',
  summary: 'Whether what is installed runs, since when, where, and in which version',
  examples: [['millrace local status', 'exit code 1 where it is not installed or does not run']],
  json: '{project, dir, stateDir, isInstalled, manager?, title?, logs?, isRunning, isAnswering, why?, pid?, startedAt?, version?, thisVersion, url?, airbyteUrl?, memoryBytes?, lastLines}',
  async run(options: GlobalOptions) {
    const { openLocal } = await import('../../../platform/index.js')
    const found = await (await openLocal()).localStatus(localOptions(options))
    if (options.json) console.log(JSON.stringify({ ...found, thisVersion: packageVersion() }))
    else console.log(text(found))
    return found.isInstalled && found.isRunning ? 0 : 1
  },
}

function text(found: LocalStatus): string {
  return [
    `${headline(found)}\n`,
    factLines([
      ['Page', found.url && (found.isAnswering ? found.url : `${found.url} (does not answer)`)],
      ["Airbyte's API", found.airbyteUrl],
      ['Installed as', found.title],
      ['Running since', found.startedAt && `${localTime(found.startedAt)}, process ${found.pid}`],
      ['Version', found.version && versionText(found.version)],
      ['Memory', found.memoryBytes === undefined ? undefined : megabytes(found.memoryBytes)],
      ['Project', found.dir],
      ['Logs', found.logs],
    ]),
    ...(found.lastLines.length === 0
      ? []
      : ['\nThe last lines of its log:', ...found.lastLines.map((line) => `  ${line}`)]),
    ...(found.isInstalled && !found.isRunning ? ['\nStart it again: millrace local install'] : []),
    ...(found.isInstalled ? [] : ['\nInstall it: millrace local install']),
  ].join('\n')
}

function headline({ project, isInstalled, isRunning, isAnswering, url, why }: LocalStatus): string {
  if (!isInstalled) return `${project} is not installed${why === undefined ? '' : `; ${why}`}.`
  if (!isRunning) return `${project} is installed and does not run${why === undefined ? '' : `: ${why}`}.`
  if (why !== undefined) return `${project} is installed, and ${why}.`
  if (isAnswering) return `${project} is installed and runs.`
  return url === undefined ? `${project} is starting.` : `${project} runs, and its page does not answer.`
}

function versionText(running: string): string {
  const own = packageVersion()
  return running === own ? running : `${running}; this one is ${own}: \`millrace local install\` brings it there`
}
