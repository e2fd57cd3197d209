/**
 * What commander gets to read. Behind `dbt` stands dbt's own command line, with flags that mean something else here
 * (`--version`, `--debug`): it is handed over as it is.
 */
export function commandLine(args: readonly string[]): string[] {
  const dbtAt = args.findIndex((arg, i) => arg === 'dbt' && args.slice(0, i).every(isGlobalOption))
  if (dbtAt < 0) return [...args]
  const dbtArgs = args.slice(dbtAt + 1)
  // Of a command of dbt's, its own help is wanted.
  return [...args.slice(0, dbtAt + 1), ...(onlyAsksForHelp(dbtArgs) ? ['--help'] : ['--', ...dbtArgs])]
}

function isGlobalOption(arg: string, index: number, before: readonly string[]): boolean {
  return arg.startsWith('-') || before[index - 1] === '--project-dir'
}

/** `dbt <something>` with nothing before it, and not merely a cry for help. */
export function isDbtCommandLine([first, ...rest]: readonly string[]): boolean {
  return first === 'dbt' && !onlyAsksForHelp(rest)
}

const onlyAsksForHelp = (dbtArgs: readonly string[]) => dbtArgs.every((arg) => arg === '--help' || arg === '-h')
