/**
 * What commander gets to read. Behind `dbt` stands dbt's own command line, with flags that mean something else here
 * (`--version`, `--debug`): it is handed over as it is.
 */
export function commandLine(args: readonly string[]): string[] {
  const dbtAt = args.findIndex((arg, i) => arg === 'dbt' && args.slice(0, i).every(isGlobalOption))
  if (dbtAt < 0) return [...args]
  const dbtArgs = args.slice(dbtAt + 1)
  // Of a command of dbt's, its own help is wanted.
  const wantsHelp = dbtArgs.every((arg) => arg === '--help' || arg === '-h')
  return [...args.slice(0, dbtAt + 1), ...(wantsHelp ? ['--help'] : ['--', ...dbtArgs])]
}

function isGlobalOption(arg: string, index: number, before: readonly string[]): boolean {
  return arg.startsWith('-') || before[index - 1] === '--project-dir'
}
