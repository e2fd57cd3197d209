import { Option } from 'commander'
import { cliErrors } from '../../errors.js'

/** Options of `abctl local install` that need nothing here: scripts that name them go on. */
export interface AbctlOptions {
  readonly lowResourceMode?: boolean
  readonly insecureCookies?: boolean
  readonly [name: string]: unknown
}

/** What an option is about that has no counterpart, and what does that here. */
const elsewhere: Readonly<Record<string, string>> = {
  '--values <file>': 'There is no chart: settings stand in millrace.yaml (docs/project.md).',
  '--secret <file>': 'Secrets are variables: NAME=value a line in a file, named with --env-file.',
  '--volume <mount>': 'There is no container: files of this machine are read where they are.',
  '--chart <path>': 'There is no chart: the version is that of the program, `npx millrace@<version> local install`.',
  '--chart-version <version>':
    'There is no chart: the version is that of the program, `npx millrace@<version> local install`.',
  '--docker-server <server>':
    'Nothing is fetched from a registry of images. For connectors log in with `docker login`.',
  '--docker-username <name>':
    'Nothing is fetched from a registry of images. For connectors log in with `docker login`.',
  '--docker-password <password>':
    'Nothing is fetched from a registry of images. For connectors log in with `docker login`.',
  '--docker-email <email>': 'Nothing is fetched from a registry of images. For connectors log in with `docker login`.',
  '--migrate':
    '`millrace import airbyte` takes over the connections of one that runs (docs/from-airbyte-dagster-dbt.md).',
}

const known = Object.entries(elsewhere).map(([flags, hint]) => ({ option: new Option(flags), hint }))

/** Not shown in the help: nobody needs them. */
export const abctlOptions = (): readonly Option[] =>
  [
    ...['--low-resource-mode', '--insecure-cookies'].map((flags) => new Option(flags)),
    ...Object.keys(elsewhere).map((flags) => new Option(flags)),
  ].map((option) => option.hideHelp())

/** @throws CLI_USAGE for an option of abctl that cannot mean anything here */
export function refuseForeign(options: AbctlOptions): void {
  const given = known.find(({ option }) => options[option.attributeName()] !== undefined)
  if (given)
    throw cliErrors.create('CLI_USAGE', {
      message: `${given.option.long} is an option of abctl that does nothing here.`,
      hint: given.hint,
    })
}

/** What is to be said of options that were given and change nothing. */
export const notNeeded = ({ lowResourceMode, insecureCookies }: AbctlOptions): readonly string[] => [
  ...(lowResourceMode ? ['--low-resource-mode changes nothing: Millrace needs no more than that.'] : []),
  ...(insecureCookies
    ? ['--insecure-cookies changes nothing: cookies ask for https only where server.url or a proxy says https.']
    : []),
]
