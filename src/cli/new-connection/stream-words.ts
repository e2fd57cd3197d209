/** What stands between commas. */
export const words = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const columnsOf = (paths: readonly (readonly string[])[]): string =>
  paths.map((path) => path.join('.')).join(', ')
