const mostLines = 10

/** The last lines that a run worker wrote, to stand behind how it ended. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? '' : `\n${lines.slice(-mostLines).join('\n')}`
}
