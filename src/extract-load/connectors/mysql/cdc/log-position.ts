/** A place in the binary log: which of its files, and how many bytes into it. */
export interface LogPosition {
  readonly file: string
  readonly pos: number
}

/** Files are numbered: `binlog.000042`. */
export const numberOf = (file: string): number => Number(/\.(\d+)$/.exec(file)?.[1] ?? 0)

/** What the server calls the next file. */
export const fileAfter = (file: string): string =>
  file.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, '0'))

/** Below 0 when the first one lies before the second one. */
export const comparePositions = (a: LogPosition, b: LogPosition): number =>
  (a.file === b.file ? 0 : numberOf(a.file) - numberOf(b.file)) || a.pos - b.pos

export const printPosition = ({ file, pos }: LogPosition): string => `${file}:${pos}`
