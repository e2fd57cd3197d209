import { endOfOpaque } from '../../sql/index.js'
import { sparkQuoting } from './literals.js'

/** Spark reads files where the first part of a name is a format: ``select * from parquet.`/data/a` ``. */
const formats = new Set(
  'parquet orc csv json text xml avro binaryfile delta iceberg hudi libsvm jdbc image kafka socket rate'.split(' '),
)
/** Call any method of the server, or read files. */
const functions = new Set('reflect java_method try_reflect read_files'.split(' '))

/** The first thing that a query reads and that is no table; undefined when it reads tables only. */
export function fileRead(sql: string): string | undefined {
  const words: string[] = []
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i, sparkQuoting)
    const text = sql.slice(i, Math.max(end, i + 1))
    i += text.length
    if (/^\s$/.test(text) || text.startsWith('--') || text.startsWith('/*')) continue
    words.push(text)
    const [first, dot, last] = words.slice(-3)
    if (dot === '.' && last && isFile(nameOf(first ?? ''), nameOf(last), last.startsWith('`')))
      return `${first}.${last}`
    const called = words.at(-2)
    if (text === '(' && called !== undefined && functions.has(nameOf(called).toLowerCase())) return `${called}()`
  }
  return undefined
}

const nameOf = (word: string) => (word.startsWith('`') ? word.slice(1, -1).replaceAll('``', '`') : word)

const isFile = (format: string, path: string, isQuoted: boolean) =>
  isQuoted && (formats.has(format.toLowerCase()) || /[/:*?]/.test(path))
