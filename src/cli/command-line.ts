/**
 * What commander gets to read. Behind `dbt` stands dbt's own command line, with flags that mean something else here
 * (`--version`, `--debug`): it is handed over as it is.
 */
export function commandLine(args: readonly string[]): string[] {
  const dbtAt = args.findIndex((arg, i) => arg === 'dbt' && args.slice(0, i).every(isGlobalOption))
  if (dbtAt < 0) return [...args]
  return [...args.slice(0, dbtAt + 1), '--', ...args.slice(dbtAt + 1)]
}

function isGlobalOption(arg: string, index: number, before: readonly string[]): boolean {
  return arg.startsWith('-') || before[index - 1] === '--project-dir'
}

/** `dbt …` with nothing before it. */
export const isDbtCommandLine = ([first]: readonly string[]): boolean => first === 'dbt'
